import { z } from 'zod';
import type { ThrottleCondition } from '@tollgate/throttling/contract';
import { compileIpMatcher, compilePattern, IpConditionError, PatternError } from '@tollgate/throttling/domain';
import type { ConditionGroup } from '@tollgate/throttling/server';
import { limitAnswer, limitBody } from './limit-body.js';

const text = z.string().nullish();
/** Names and patterns of this length are more than any request carries. */
const name = z.string().min(1).max(255);
const pattern = z.string().superRefine((value, context) => {
  try {
    compilePattern(value);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

const details = {
  ipCondition: z.object({
    ipConditionType: z.enum(['IPSPECIFIC', 'IPRANGE']).nullish(),
    specificIP: text,
    startingIP: text,
    endingIP: text,
  }),
  headerCondition: z.object({ headerName: name, headerValue: pattern }),
  queryParameterCondition: z.object({ parameterName: name, parameterValue: pattern }),
  jwtClaimsCondition: z.object({ claimUrl: name, attribute: pattern }),
} as const;

const partOf = {
  IPCONDITION: 'ipCondition',
  HEADERCONDITION: 'headerCondition',
  QUERYPARAMETERCONDITION: 'queryParameterCondition',
  JWTCLAIMSCONDITION: 'jwtClaimsCondition',
} as const;

/** `ThrottleCondition` of the contract: only the part that belongs to the type is looked at, as clients send them all. */
const conditionBody = z
  .object({
    type: z.enum(['IPCONDITION', 'HEADERCONDITION', 'QUERYPARAMETERCONDITION', 'JWTCLAIMSCONDITION']),
    invertCondition: z.boolean().nullish(),
    ipCondition: z.unknown().optional(),
    headerCondition: z.unknown().optional(),
    queryParameterCondition: z.unknown().optional(),
    jwtClaimsCondition: z.unknown().optional(),
  })
  .transform((body, context): ThrottleCondition => {
    const part = partOf[body.type];
    const invert = body.invertCondition ?? false;
    const fail = (path: PropertyKey[], message: string): never => {
      context.addIssue({ code: 'custom', path: [part, ...path], message });
      return z.NEVER;
    };
    const read = <T>(schema: z.ZodType<T>): T | null => {
      const parsed = schema.safeParse(body[part]);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) fail(issue.path, issue.message);
      return null;
    };
    switch (body.type) {
      case 'IPCONDITION': {
        const given = read(details.ipCondition);
        const address = given && addressOf(given);
        if (address === null) return z.NEVER;
        const problem = problemOf(address);
        return problem ? fail([wireNames[problem.field]], problem.message) : { type: body.type, invert, address };
      }
      case 'HEADERCONDITION': {
        const given = read(details.headerCondition);
        return given ? { type: body.type, invert, name: given.headerName, pattern: given.headerValue } : z.NEVER;
      }
      case 'QUERYPARAMETERCONDITION': {
        const given = read(details.queryParameterCondition);
        return given ? { type: body.type, invert, name: given.parameterName, pattern: given.parameterValue } : z.NEVER;
      }
      case 'JWTCLAIMSCONDITION': {
        const given = read(details.jwtClaimsCondition);
        return given ? { type: body.type, invert, name: given.claimUrl, pattern: given.attribute } : z.NEVER;
      }
    }
  });

type Address = Extract<ThrottleCondition, { type: 'IPCONDITION' }>['address'];

function addressOf(given: z.infer<typeof details.ipCondition>): Address {
  if (given.ipConditionType === 'IPRANGE') {
    return { startingIp: given.startingIP ?? '', endingIp: given.endingIP ?? '' };
  }
  return { fixedIp: given.specificIP ?? '' };
}

const wireNames = { fixedIp: 'specificIP', startingIp: 'startingIP', endingIp: 'endingIP' } as const;

function problemOf(address: Address): IpConditionError | null {
  try {
    compileIpMatcher({ ...address, invert: false });
    return null;
  } catch (error) {
    if (error instanceof IpConditionError) return error;
    throw error;
  }
}

const groupBody = z
  .object({
    description: z.string().max(1024).nullish(),
    conditions: z.array(conditionBody).min(1, 'A group needs at least one condition.').max(50),
    limit: limitBody,
  })
  .transform(({ description, conditions, limit }): ConditionGroup => {
    return { description: description ?? '', conditions, limit };
  });

/** `conditionalGroups` of an advanced policy. */
export const conditionalGroupsBody = z.array(groupBody).max(100).nullish();

export function conditionalGroupAnswer({ description, conditions, limit }: ConditionGroup): object {
  return { description, conditions: conditions.map(conditionAnswer), limit: limitAnswer(limit) };
}

function conditionAnswer(condition: ThrottleCondition): object {
  const { type, invert: invertCondition } = condition;
  switch (type) {
    case 'IPCONDITION':
      return { type, invertCondition, ipCondition: addressAnswer(condition.address) };
    case 'HEADERCONDITION':
      return { type, invertCondition, headerCondition: { headerName: condition.name, headerValue: condition.pattern } };
    case 'QUERYPARAMETERCONDITION': {
      const queryParameterCondition = { parameterName: condition.name, parameterValue: condition.pattern };
      return { type, invertCondition, queryParameterCondition };
    }
    case 'JWTCLAIMSCONDITION':
      return { type, invertCondition, jwtClaimsCondition: { claimUrl: condition.name, attribute: condition.pattern } };
  }
}

/** The contract asks for `specificIP` with ranges too. */
function addressAnswer(address: Address): object {
  return 'fixedIp' in address
    ? { ipConditionType: 'IPSPECIFIC', specificIP: address.fixedIp }
    : { ipConditionType: 'IPRANGE', specificIP: '', startingIP: address.startingIp, endingIP: address.endingIp };
}
