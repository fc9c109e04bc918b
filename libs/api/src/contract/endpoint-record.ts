import { z } from 'zod';

/** Names of failures: the field's transport codes such as `101503`, or HTTP statuses such as `503`. */
const failureCodes = z.array(z.string());
const milliseconds = z.number().int().nonnegative();

/** What a gateway does when an endpoint fails (publisher contract, `endpointConfig.*.config`). */
export const endpointRulesSchema = z.object({
  /** Longest wait for the head of an answer; `null`: the gateway's own `response_timeout_ms`. */
  timeoutMs: milliseconds.nullable(),
  /** `fault` answers 504, `discard` ends the caller's connection without an answer, `never` waits as long as it takes. */
  onTimeout: z.enum(['fault', 'discard', 'never']),
  /** Out for `initialMs`, then each time `factor` longer, up to `maxMs`. No codes: every failure of transport. */
  suspension: z
    .object({ codes: failureCodes, initialMs: milliseconds, maxMs: milliseconds, factor: z.number().min(1) })
    .nullable(),
  /** These failures suspend only after so many further tries, `delayMs` apart. */
  retry: z.object({ codes: failureCodes, times: z.number().int().nonnegative(), delayMs: milliseconds }).nullable(),
});
export type EndpointRules = z.infer<typeof endpointRulesSchema>;

export const endpointRecordSchema = z.object({
  url: z.string(),
  /** Share of the calls beside the other endpoints; 1 when none is given. */
  weight: z.number().int().min(1).max(1000).optional(),
  rules: endpointRulesSchema.optional(),
});
export type EndpointRecord = z.infer<typeof endpointRecordSchema>;

export const balancingOrders = ['round_robin', 'failover', 'least_connections', 'consistent_hash'] as const;
export const hashSources = ['ip', 'header', 'cookie', 'claim'] as const;

/** Opens after failures in a row, and lets `trialCalls` through when `openMs` are over (twice as long after each failed trial). */
export const breakerRecordSchema = z.object({
  connectionFailures: z.number().int().min(1),
  statusFailures: z.number().int().min(1),
  statuses: z.array(z.number().int()),
  openMs: milliseconds,
  maxOpenMs: milliseconds,
  trialCalls: z.number().int().min(1),
});
export type BreakerRecord = z.infer<typeof breakerRecordSchema>;

/** Asks each endpoint by itself whether it is well; one that is not gets no calls. */
export const healthCheckRecordSchema = z.object({
  type: z.enum(['http', 'tcp']),
  /** With its query, below the origin of the endpoint. */
  path: z.string(),
  timeoutMs: milliseconds.min(1),
  healthyIntervalMs: milliseconds.min(1),
  unhealthyIntervalMs: milliseconds.min(1),
  /** Good answers in a row after which it is well again. */
  successes: z.number().int().min(1),
  httpFailures: z.number().int().min(1),
  tcpFailures: z.number().int().min(1),
  /** Statuses that count as a failure; others are good answers. */
  unhealthyStatuses: z.array(z.number().int()),
});
export type HealthCheckRecord = z.infer<typeof healthCheckRecordSchema>;

/** How calls are spread over the endpoints of one key type. */
export const balancingRecordSchema = z.object({
  order: z.enum(balancingOrders),
  /** What is hashed with `consistent_hash`; `name` is empty for `ip`. */
  hashOn: z.object({ source: z.enum(hashSources), name: z.string() }).nullable(),
  /** Callers keep their endpoint: by a cookie of the gateway, or by the `ClientID` field they send. */
  stickiness: z.object({ by: z.enum(['cookie', 'client_id']), seconds: z.number().int().min(1) }).nullable(),
  /** An endpoint that comes back gets its full share only after this time; 0: at once. */
  slowStartMs: milliseconds,
  /** `null`: none for one endpoint, a lenient one for several. */
  breaker: breakerRecordSchema.nullable(),
  healthCheck: healthCheckRecordSchema.nullable(),
});
export type BalancingRecord = z.infer<typeof balancingRecordSchema>;

/** A secret that only holders of `[tollgate.encryption] key` can read: those of the control plane and of gateways. */
export const sealedSecretSchema = z.strictObject({ sealed: z.string() });
export type SealedSecret = z.infer<typeof sealedSecretSchema>;

/** For which the secrets are sealed. */
export const endpointSecretPurpose = 'endpoint-security';

/** What a gateway shows to back ends (publisher contract, `endpointConfig.endpoint_security`). */
export const endpointSecurityRecordSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('basic'), username: z.string(), password: sealedSecretSchema }),
  z.object({
    type: z.literal('api_key'),
    place: z.enum(['header', 'query']),
    name: z.string(),
    value: sealedSecretSchema,
  }),
  z.object({
    type: z.literal('oauth'),
    tokenUrl: z.string(),
    clientId: z.string(),
    clientSecret: sealedSecretSchema,
    /** For the password grant; `null`: client credentials. */
    user: z.object({ username: z.string(), password: sealedSecretSchema }).nullable(),
    /** Sent beside, for example `scope` or `audience`. */
    parameters: z.record(z.string(), z.string()),
  }),
]);
export type EndpointSecurityRecord = z.infer<typeof endpointSecurityRecordSchema>;
