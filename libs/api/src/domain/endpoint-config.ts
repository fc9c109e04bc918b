import type { FieldProblem } from '@tollgate/base';
import type { ApiType, BalancingRecord, DeploymentRecord, EndpointRecord } from '../contract/index.js';
import { readBalancing } from './endpoint-balancing.js';
import { readEndpointSecurity } from './endpoint-security.js';
import { isPlain, readEndpointRules } from './endpoint-rules.js';

/** What a gateway needs of `endpointConfig`. */
export interface EndpointPlan {
  readonly production: readonly EndpointRecord[];
  readonly sandbox: readonly EndpointRecord[];
  readonly balancing: BalancingRecord | null;
  readonly security: NonNullable<DeploymentRecord['endpointSecurity']> | null;
  /** Shortest `config.actionDuration`, for gateways that know no rules of single endpoints; null when none says one. */
  readonly timeoutMs: number | null;
}

type Loose = Readonly<Record<string, unknown>>;
const kinds = ['production', 'sandbox'] as const;
const types = ['http', 'address', 'load_balance', 'failover'];

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Place {
  readonly endpoint: unknown;
  readonly field: string;
}

/** The endpoints of one key type in their order; with `failover` the first one is followed by its stand-ins. */
function placesOf(config: Loose, kind: (typeof kinds)[number]): Place[] {
  const names = [`${kind}_endpoints`];
  if (config['endpoint_type'] === 'failover') names.push(`${kind}_failovers`);
  return names.flatMap((name) => {
    const value = config[name];
    if (value === undefined || value === null) return [];
    const field = `endpointConfig.${name}`;
    if (!Array.isArray(value)) return [{ endpoint: value as unknown, field }];
    return value.map((endpoint: unknown, i) => ({ endpoint, field: `${field}[${i}]` }));
  });
}

/** The endpoint's address, null when it is none that can be called: only absolute URLs of the API's protocol without credentials. */
function callableUrl(endpoint: unknown, type: ApiType): string | null {
  const url = isObject(endpoint) ? endpoint['url'] : undefined;
  if (typeof url !== 'string' || url.length > 2048 || /[\s\p{Cc}{}]/u.test(url) || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  const protocol = type === 'WS' ? /^wss?:$/ : /^https?:$/;
  return protocol.test(parsed.protocol) && !parsed.username && !parsed.password ? url : null;
}

function readEndpoint({ endpoint, field }: Place, type: ApiType): { record: EndpointRecord; problems: FieldProblem[] } {
  const url = callableUrl(endpoint, type);
  const problems: FieldProblem[] =
    url === null
      ? [
          {
            field: `${field}.url`,
            message: `An endpoint is an absolute ${type === 'WS' ? 'ws or wss' : 'http or https'} URL without user name and password.`,
          },
        ]
      : [];
  const loose = isObject(endpoint) ? endpoint : {};
  const config = isObject(loose['config']) ? loose['config'] : {};
  const read = readEndpointRules(config, `${field}.config`);
  const weight = loose['weight'] === undefined || loose['weight'] === null ? 1 : Number(loose['weight']);
  if (!(Number.isInteger(weight) && weight >= 1 && weight <= 1000))
    problems.push({ field: `${field}.weight`, message: 'A whole number from 1 to 1000.' });
  const record = {
    url: url ?? '',
    ...(weight === 1 ? {} : { weight }),
    ...(isPlain(read.rules) ? {} : { rules: read.rules }),
  };
  return { record, problems: [...problems, ...read.problems] };
}

/** `host` or `host:port` of the back ends that are called over TLS. */
export function calledHosts(config: Loose | null): ReadonlySet<string> {
  const places = config === null ? [] : kinds.flatMap((kind) => placesOf(config, kind));
  const urls = places.flatMap(({ endpoint }) => callableUrl(endpoint, 'HTTP') ?? callableUrl(endpoint, 'WS') ?? []);
  return new Set(urls.filter((url) => /^(https|wss):/i.test(url)).map((url) => new URL(url).host));
}

/** Problems that are refused when the API is saved: what means nothing, field by field. */
export function endpointProblems(config: Loose | null, type: ApiType = 'HTTP'): FieldProblem[] {
  if (!config) return [];
  const problems = types.includes(String(config['endpoint_type']))
    ? kinds.flatMap((kind) => placesOf(config, kind).flatMap((place) => readEndpoint(place, type).problems))
    : [];
  problems.push(...readBalancing(config).problems);
  problems.push(...kinds.flatMap((kind) => readEndpointSecurity(config, kind).problems));
  return problems;
}

/** Reads what can be deployed. `problem` says why this configuration cannot and what to do. */
export function planEndpoints(
  config: Loose | null,
  type: ApiType = 'HTTP',
): EndpointPlan | { readonly problem: string } {
  if (!config) return { problem: 'The API has no endpoint. Set endpointConfig, then create a new revision.' };
  const kind = String(config['endpoint_type']);
  if (!types.includes(kind))
    return {
      problem: `Endpoint type "${kind.slice(0, 40)}" cannot be deployed yet. Use "http", "load_balance" or "failover".`,
    };
  const problems = endpointProblems(config, type);
  if (problems[0]) return { problem: `${problems[0].field}: ${problems[0].message}` };
  const records = (kind: (typeof kinds)[number]) =>
    placesOf(config, kind).map((place) => readEndpoint(place, type).record);
  const [production, sandbox] = [records('production'), records('sandbox')];
  if (production.length + sandbox.length === 0)
    return {
      problem: 'The API has no endpoint. Set production_endpoints or sandbox_endpoints, then create a new revision.',
    };
  const durations = [...production, ...sandbox].flatMap(({ rules }) => rules?.timeoutMs ?? []);
  const timeoutMs = durations.length > 0 ? Math.min(...durations) : null;
  const [forProduction, forSandbox] = kinds.map((kind) => readEndpointSecurity(config, kind).security);
  const security =
    forProduction || forSandbox ? { production: forProduction ?? null, sandbox: forSandbox ?? null } : null;
  return { production, sandbox, balancing: readBalancing(config).balancing, security, timeoutMs };
}
