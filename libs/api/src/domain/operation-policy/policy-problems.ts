import type { FieldProblem } from '@tollgate/base';
import {
  isPolicyName,
  policyFlows,
  policyNames,
  policySpecification,
  policyVersion,
  type ApiType,
  type PolicyFlow,
} from '../../contract/index.js';
import { operationKey } from '../operation.js';
import { policyId } from './policy-id.js';
import type { AttachedFlows, AttachedPolicy } from './policy-input.js';
import { completeParameters } from './policy-parameters.js';
import { ruleProblems } from './policy-rules.js';

/** What of an API its policies concern. */
export interface PoliciedApi {
  readonly type: ApiType;
  readonly apiPolicies?: AttachedFlows | undefined;
  readonly operations: readonly {
    readonly verb: string;
    readonly target: string;
    readonly operationPolicies?: AttachedFlows | undefined;
  }[];
}

/** Policies that gateways hold, kept in one row: more would be a document of its own. */
const maxCharacters = 524_288;

/** What is wrong with the policies of an API: each problem names the attribute, and in words the operation. */
export function policyProblems(api: PoliciedApi): FieldProblem[] {
  const places = placesOf(api);
  if (places.length === 0) return [];
  if (api.type !== 'HTTP')
    return places.map(({ field }) => ({ field, message: `Policies are for APIs of type HTTP, not ${api.type}.` }));
  const size = JSON.stringify(places.map(({ flows }) => flows)).length;
  if (size > maxCharacters)
    return [
      {
        field: 'apiPolicies',
        message: `All policies together have at most ${maxCharacters} characters; here ${size}.`,
      },
    ];
  return places.flatMap((place) => policyFlows.flatMap((flow) => flowProblems(place, flow)));
}

interface Place {
  readonly field: string;
  /** For people: `GET /menu`, or all operations. */
  readonly where: string;
  readonly targets: readonly string[];
  readonly flows: AttachedFlows;
}

function placesOf({ apiPolicies, operations }: PoliciedApi): Place[] {
  const ofApi = { field: 'apiPolicies', where: 'all operations', targets: operations.map(({ target }) => target) };
  return [
    ...(apiPolicies ? [{ ...ofApi, flows: apiPolicies }] : []),
    ...operations.flatMap((operation, i) => {
      const { operationPolicies: flows, target } = operation;
      const field = `operations[${i}].operationPolicies`;
      return flows ? [{ field, where: operationKey(operation as never), targets: [target], flows }] : [];
    }),
  ];
}

function flowProblems(place: Place, flow: PolicyFlow): FieldProblem[] {
  let answering: string | null = null;
  return place.flows[flow].flatMap((use, i) => {
    const at = `${place.field}.${flow}[${i}]`;
    const before = answering;
    if (flow === 'request' && answers.has(use.policyName)) answering = use.policyName;
    if (before !== null)
      return [{ field: at, message: `It never runs: ${before} before it answers every request of ${place.where}.` }];
    return useProblems(use, flow, place.targets).map(({ field, message }) => ({
      field: `${at}.${field}`,
      message: `${place.where}, ${flow} flow, ${use.policyName.slice(0, 100)}: ${message}`,
    }));
  });
}

const answers: ReadonlySet<string> = new Set(['redirect', 'respond', 'respondWithExample']);

function useProblems(use: AttachedPolicy, flow: PolicyFlow, targets: readonly string[]): FieldProblem[] {
  const { policyName: name, policyVersion: version, policyId: id, parameters } = use;
  if (!isPolicyName(name))
    return [{ field: 'policyName', message: `There is no such policy. There are ${policyNames.join(', ')}.` }];
  if (version !== policyVersion) return [{ field: 'policyVersion', message: `It has version ${policyVersion} only.` }];
  if (id && id !== policyId(name)) return [{ field: 'policyId', message: 'That is the id of another policy.' }];
  const { applicableFlows } = policySpecification(name);
  if (!applicableFlows.includes(flow))
    return [{ field: 'policyName', message: `It is for ${applicableFlows.join(', ')} flows.` }];
  const complete = completeParameters(name, parameters);
  const problems =
    'problems' in complete ? complete.problems : ruleProblems(name, complete.parameters, { flow, targets });
  return problems.map(({ field, message }) => ({ field: `parameters.${field}`, message }));
}
