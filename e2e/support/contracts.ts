import { contractValidator } from '@tollgate/testing';
import { beforeAll, expect, it } from 'vitest';
import type { Answer } from './rest.js';

const surfaces = [
  { prefix: '/api/am/publisher/v4', file: 'publisher-api-v4.yaml' },
  { prefix: '/api/am/devportal/v3', file: 'devportal-api-v3.yaml' },
  { prefix: '/api/am/admin/v4', file: 'admin-api-v4.yaml' },
  { prefix: '/client-registration/v0.17', file: 'dcr-api-v0.17.yaml' },
  { prefix: '/internal/data/v1', file: 'internal-data-api-v1.yaml' },
].map((surface) => ({ ...surface, validator: contractValidator(surface.file) }));

/** Differences between the answers of this file's tests and the contracts, each once. */
const contractProblems = new Set<string>();
let checkedAnswers = 0;

/** True when the contracts are there to be compared with. */
const contractsPresent = surfaces.every((surface) => surface.validator !== null);

/** Statuses that the product behind the contracts really answers although the files do not list them (see docs/differences-from-wso2.md). */
const realStatuses = [201, 409, 413, 415, 400, 401, 403, 404, 412];

/**
 * Where the files differ from the product behind them and from what its clients read: a deny condition's value is text for
 * names and its type may be SUBSCRIPTION too, a definition and the tenant configuration are answered as the JSON they are,
 * plans and key managers of an API are lists, and parameters of policies are plain values.
 */
const knownDeviations = [
  /deny-polic.*conditionValue must be object$/,
  /deny-polic.*conditionType must be equal to one of the allowed values/,
  /\/(?:swagger|asyncapi) 200: body must be string$/,
  /\/tenant-config 200: body must be string$/,
  /\/(generate-secret|secrets) 20[01]: body\S*\/additionalProperties\/\w+ must be object$/,
  /\/subscription-policies 200: body must be object$/,
  /body\/keyManagers must be object$/,
  /body\/(?:apiPolicies|operations\/\d+\/operationPolicies)\/\w+\/\d+\/parameters\/\w+ must be object$/,
];

/** What no contract has: the description of the surface, and operations that the product behind the contracts lacks. */
const ofOurOwn =
  /\/openapi\.json$|^\/api\/am\/devportal\/v3\/(?:sign-up|apis\/[^/]+\/try-out)$|^\/api\/am\/admin\/v4\/(?:throttling\/policies\/custom\/check$|topology|audit-events|identity-providers|signing-keys|token-revocations|users\/[^/]+\/|workflows\/[^/]+\/callback$)/;

/** Compares one management answer with its contract and remembers what differs. */
export function recordAnswer(method: string, pathAndQuery: string, answer: Answer): void {
  const path = pathAndQuery.split('?')[0] ?? '';
  const surface = surfaces.find((one) => path.startsWith(one.prefix));
  if (!surface?.validator || ofOurOwn.test(path)) return;
  checkedAnswers++;
  const below = path.slice(surface.prefix.length).replace(/\/$/, '') || '/';
  const problems = surface.validator.check({
    method,
    path: below,
    status: answer.status,
    body: answer.text === '' ? undefined : answer.body,
    allowStatus: realStatuses,
  });
  for (const problem of problems.filter((one) => !knownDeviations.some((known) => known.test(one))))
    contractProblems.add(`${method} ${below} ${answer.status}: ${problem}`);
}

/** The last test of a file or a suite: everything that the management surfaces answered before is as the contracts say. */
export function keepsContracts(): void {
  beforeAll(() => {
    contractProblems.clear();
    checkedAnswers = 0;
  });
  it.skipIf(!contractsPresent)('answered everything as the contracts say (left out without CONTRACTS_DIR)', () => {
    expect(checkedAnswers).toBeGreaterThan(0);
    expect([...contractProblems]).toEqual([]);
  });
}
