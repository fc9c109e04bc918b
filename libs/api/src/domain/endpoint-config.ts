import type { FieldProblem } from '@tollgate/base';

/** What a gateway needs of `endpointConfig`. */
export interface EndpointPlan {
  readonly production: readonly { readonly url: string }[];
  readonly sandbox: readonly { readonly url: string }[];
  /** From `config.actionDuration`; null when none says one. */
  readonly timeoutMs: number | null;
}

type Loose = Readonly<Record<string, unknown>>;
const kinds = ['production', 'sandbox'] as const;

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function endpointsOf(config: Loose, kind: (typeof kinds)[number]): unknown[] {
  const value = config[`${kind}_endpoints`];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The endpoint's address, null when it is none that can be called: only absolute http(s) URLs without credentials. */
function callableUrl(endpoint: unknown): string | null {
  const url = isObject(endpoint) ? endpoint['url'] : undefined;
  if (typeof url !== 'string' || url.length > 2048 || /[\s\p{Cc}{}]/u.test(url) || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  return /^https?:$/.test(parsed.protocol) && !parsed.username && !parsed.password ? url : null;
}

/** Problems that are refused when the API is saved: addresses that cannot be called, and secrets this server does not keep. */
export function endpointProblems(config: Loose | null): FieldProblem[] {
  if (!config) return [];
  const problems: FieldProblem[] = [];
  if (config['endpoint_type'] === 'http' || config['endpoint_type'] === 'load_balance')
    for (const kind of kinds)
      endpointsOf(config, kind).forEach((endpoint, i) => {
        if (callableUrl(endpoint) === null)
          problems.push({
            field: `endpointConfig.${kind}_endpoints${Array.isArray(config[`${kind}_endpoints`]) ? `[${i}]` : ''}.url`,
            message: 'An endpoint is an absolute http or https URL without user name and password.',
          });
      });
  if (hasSecurity(config))
    problems.push({
      field: 'endpointConfig.endpoint_security',
      message: 'Endpoint security is not available yet; send "enabled": false or leave it out.',
    });
  return problems;
}

function hasSecurity(config: Loose): boolean {
  const security = config['endpoint_security'];
  if (!isObject(security)) return false;
  return Object.values(security).some((entry) => isObject(entry) && entry['enabled'] !== false);
}

/** Reads what can be deployed. `problem` says why this configuration cannot and what to do. */
export function planEndpoints(config: Loose | null): EndpointPlan | { readonly problem: string } {
  if (!config) return { problem: 'The API has no endpoint. Set endpointConfig, then create a new revision.' };
  const type = config['endpoint_type'];
  if (type !== 'http' && type !== 'load_balance')
    return {
      problem: `Endpoint type "${String(type).slice(0, 40)}" cannot be deployed yet. Use "http" or "load_balance".`,
    };
  const session = config['sessionManagement'];
  if (typeof session === 'string' && session !== '' && session !== 'none')
    return { problem: 'Sticky sessions cannot be deployed yet. Set sessionManagement to "none".' };
  const problems = endpointProblems(config);
  if (problems[0]) return { problem: `${problems[0].field}: ${problems[0].message}` };
  const urls = (kind: (typeof kinds)[number]) =>
    endpointsOf(config, kind).map((endpoint) => ({ url: callableUrl(endpoint) ?? '' }));
  const plan = { production: urls('production'), sandbox: urls('sandbox'), timeoutMs: timeoutOf(config) };
  if (plan.production.length + plan.sandbox.length === 0)
    return {
      problem: 'The API has no endpoint. Set production_endpoints or sandbox_endpoints, then create a new revision.',
    };
  return plan;
}

/** Shortest `actionDuration` of all endpoints: one number serves the whole deployment. */
function timeoutOf(config: Loose): number | null {
  const durations = kinds
    .flatMap((kind) => endpointsOf(config, kind))
    .map((endpoint) =>
      isObject(endpoint) && isObject(endpoint['config']) ? Number(endpoint['config']['actionDuration']) : Number.NaN,
    )
    .filter((ms) => Number.isInteger(ms) && ms > 0 && ms <= 3_600_000);
  return durations.length > 0 ? Math.min(...durations) : null;
}
