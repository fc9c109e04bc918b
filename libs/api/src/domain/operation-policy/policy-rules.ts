import { isIP } from 'node:net';
import { parseStrictJson, type FieldProblem } from '@tollgate/base';
import { RE2JS } from 're2js';
import {
  isPatch,
  isReservedHeader,
  tokensOf,
  type ParametersOf,
  type PolicyFlow,
  type PolicyName,
} from '../../contract/index.js';
import type { PolicyParameters } from './policy-parameters.js';

/** Where a policy stands. */
export interface PolicyPlace {
  readonly flow: PolicyFlow;
  /** Path templates of the operations that it is for. */
  readonly targets: readonly string[];
}

type Rule<N extends PolicyName> = (parameters: ParametersOf<N>, place: PolicyPlace) => FieldProblem[];

/** What the schema of one attribute cannot see. Problems name the attribute. */
export function ruleProblems(name: PolicyName, parameters: PolicyParameters, place: PolicyPlace): FieldProblem[] {
  const rule = rules[name] as ((parameters: PolicyParameters, place: PolicyPlace) => FieldProblem[]) | undefined;
  return rule?.(parameters, place) ?? [];
}

const rules: { readonly [N in PolicyName]?: Rule<N> } = {
  addHeader: ({ headerName }, place) => headerProblems({ headerName }, place),
  setHeader: ({ headerName }, place) => headerProblems({ headerName }, place),
  removeHeader: ({ headerName }, place) => headerProblems({ headerName }, place),
  renameHeader: ({ headerName, newHeaderName }, place) => headerProblems({ headerName, newHeaderName }, place),
  rewriteResourcePath: ({ newResourcePath }, { targets }) =>
    targets.flatMap((target) => {
      const problem = pathProblem(newResourcePath, target);
      return problem === null ? [] : [{ field: 'newResourcePath', message: problem }];
    }),
  redirect: ({ location, appendResource }) => {
    const problem = locationProblem(location, appendResource);
    return problem === null ? [] : [{ field: 'location', message: problem }];
  },
  respond: ({ statusCode, contentType, body }) => [
    ...(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"\\]*"))*$/.test(contentType)
      ? []
      : [
          {
            field: 'contentType',
            message: 'Write a media type such as application/json or text/plain; charset=utf-8.',
          },
        ]),
    ...([204, 205, 304].includes(statusCode) && body !== ''
      ? [{ field: 'body', message: `An answer of status ${statusCode} has no body.` }]
      : []),
  ],
  restrictIpAddress: ({ addresses }) => {
    const bad = addresses.split(/[\s,]+/).filter((entry) => entry !== '' && !isAddress(entry));
    if (bad.length === 0 && /[^\s,]/.test(addresses)) return [];
    return [{ field: 'addresses', message: `"${(bad[0] ?? '').slice(0, 60)}" is no IP address or CIDR block.` }];
  },
  restrictContentType: ({ contentTypes }) => {
    const bad = contentTypes.split(',').find((type) => !/^ *[\w!#$&^.+-]+\/(?:\*|[\w!#$&^.+-]+) *$/.test(type));
    return bad === undefined
      ? []
      : [
          {
            field: 'contentTypes',
            message: `"${bad.slice(0, 60)}" is no media type such as application/json or image/*.`,
          },
        ];
  },
  patchJson: ({ patch }) => {
    const parsed = jsonOf(patch);
    if (isPatch(parsed.value)) return [];
    return [
      { field: 'patch', message: parsed.problem ?? 'Write a JSON Patch (RFC 6902): a list of 1 to 100 operations.' },
    ];
  },
  templateJson: ({ template }) => {
    const { problem, value } = jsonOf(template);
    const bad = problem === null ? badPlaceholder(value) : null;
    if (problem === null && bad === null) return [];
    return [{ field: 'template', message: problem ?? `"${bad?.slice(0, 60)}" holds no JSON pointer (RFC 6901).` }];
  },
  maskFields: ({ fieldPattern, valuePattern }) =>
    Object.entries({ fieldPattern, valuePattern }).flatMap(([field, pattern]) => {
      const problem = patternProblem(pattern);
      return problem === null ? [] : [{ field, message: problem }];
    }),
};

function headerProblems(names: Readonly<Record<string, string>>, { flow }: PolicyPlace): FieldProblem[] {
  return Object.entries(names).flatMap(([field, name]) =>
    isReservedHeader(name, flow === 'request' ? 'request' : 'answer')
      ? [{ field, message: `"${name}" is written by the gateway alone: policies cannot change it in this flow.` }]
      : [],
  );
}

/** Each `{name}` has to be a whole segment of the target; `/*` at the end needs one there. */
function pathProblem(path: string, target: string): string | null {
  const known = new Set(target.split('/').filter((segment) => /^\{[^{}]+\}$/.test(segment)));
  const segments = path.split('/').slice(1);
  if (segments.some((segment) => segment === '.' || segment === '..'))
    return 'A path does not climb: leave out "." and "..".';
  for (const [i, segment] of segments.entries()) {
    if (segment === '*' && i === segments.length - 1) {
      if (!target.endsWith('/*')) return `"/*" at its end needs a path that ends in "/*", and ${target} does not.`;
    } else if (/[{}]/.test(segment) && !known.has(segment))
      return `"${segment}" is no whole segment of the path ${target}.`;
  }
  return null;
}

function locationProblem(location: string, isExtended: boolean): string | null {
  const url = URL.canParse(location) ? new URL(location) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return 'Write an absolute address: http://… or https://….';
  if (url.username !== '' || url.password !== '') return 'An address must not hold a user name or password.';
  if (isExtended && (url.search !== '' || url.hash !== ''))
    return 'A path cannot be put behind an address that has a query or a fragment.';
  return null;
}

function isAddress(entry: string): boolean {
  const [address = '', bits, rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function jsonOf(text: string): { readonly value: unknown; readonly problem: string | null } {
  try {
    return { value: parseStrictJson(text), problem: null };
  } catch (error) {
    return { value: undefined, problem: `This is no JSON: ${(error as Error).message}.` };
  }
}

/** The first placeholder that names no place; `null` when all do. */
function badPlaceholder(template: unknown): string | null {
  if (typeof template === 'string') {
    const pointer = /^\$\{(.*)\}$/.exec(template)?.[1];
    return pointer === undefined || tokensOf(pointer) !== null ? null : template;
  }
  if (typeof template !== 'object' || template === null) return null;
  for (const item of Object.values(template)) {
    const bad = badPlaceholder(item);
    if (bad !== null) return bad;
  }
  return null;
}

/** Expressions and the programs made of them are bounded, so that a match takes time linear in the body. */
function patternProblem(pattern: string): string | null {
  try {
    const size = RE2JS.compile(pattern).programSize();
    return size > 200 ? 'This expression is too large.' : null;
  } catch (error) {
    return `This is no regular expression of RE2: ${(error as Error).message}.`;
  }
}
