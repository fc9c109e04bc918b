import { z } from 'zod';
import { messageSchemasSchema, sharedSchemasSchema } from './message-schemas.js';
import { policyFlowsSchema } from './operation-policy/policy-use.js';
import { balancingRecordSchema, endpointRecordSchema, endpointSecurityRecordSchema } from './endpoint-record.js';

export const lifecycleStates = ['CREATED', 'PROTOTYPED', 'PUBLISHED', 'BLOCKED', 'DEPRECATED', 'RETIRED'] as const;
export type LifecycleState = (typeof lifecycleStates)[number];

export const httpVerbs = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const;

/** Of topics: what a caller may receive, and what it may send. */
export const topicVerbs = ['SUBSCRIBE', 'PUBLISH'] as const;

/** Kinds of APIs that gateways serve: requests and answers, WebSockets, streams of server-sent events. */
export const apiTypes = ['HTTP', 'WS', 'SSE'] as const;
export type ApiType = (typeof apiTypes)[number];

/** What an operation asks of its caller (publisher contract, `operations[].authType`). */
export const authTypes = ['None', 'Any', 'Application', 'Application User', 'Application & Application User'] as const;

export const operationRecordSchema = z.object({
  /** Path template such as `/menu/{item}` or `/*`, below context and version. */
  target: z.string(),
  /** One of `topicVerbs` in APIs of type WS, `SUBSCRIBE` in those of type SSE, where the target is a topic. */
  verb: z.enum([...httpVerbs, ...topicVerbs]),
  authType: z.enum(authTypes),
  /** Name of an advanced policy, `Unlimited` when none. */
  throttlingPolicy: z.string(),
  /** Names of the scopes of which a token needs at least one; empty: none needed. */
  scopes: z.array(z.string()),
  /** Those of the whole API are among them. Absent: none. */
  policyFlows: policyFlowsSchema.optional(),
  /** Absent: its messages are not checked against the definition. */
  messageSchemas: messageSchemasSchema.optional(),
});
export type OperationRecord = z.infer<typeof operationRecordSchema>;

export const corsRecordSchema = z.object({
  corsConfigurationEnabled: z.boolean(),
  accessControlAllowOrigins: z.array(z.string()),
  accessControlAllowCredentials: z.boolean(),
  accessControlAllowHeaders: z.array(z.string()),
  accessControlAllowMethods: z.array(z.string()),
});

/**
 * Record kind `api`, id = API uuid: what holds for every revision and changes without a deployment.
 * Written when the API has at least one deployment; gone when it has none.
 */
export const apiRecordSchema = z.object({
  id: z.number().int(),
  uuid: z.string(),
  name: z.string(),
  provider: z.string(),
  /** Public path without version, `/pizzashack` or `/t/{domain}/pizzashack`; may hold `{version}`. */
  context: z.string(),
  version: z.string(),
  /** `{context}/{version}`, with `{version}` filled in: the path served, and the `apiContext` of throttle keys. */
  basePath: z.string(),
  isDefaultVersion: z.boolean(),
  lifecycleState: z.enum(lifecycleStates),
  organization: z.string(),
});
export type ApiRecord = z.infer<typeof apiRecordSchema>;

/** Record kind `deployment`, id = `{apiUuid}:{environment}`: one revision on one environment, immutable. */
export const deploymentRecordSchema = z.object({
  apiUuid: z.string(),
  environment: z.string(),
  vhost: z.string(),
  revisionId: z.string(),
  revisionNumber: z.number().int(),
  /** Absent: HTTP. */
  type: z.enum(apiTypes).optional(),
  operations: z.array(operationRecordSchema).min(1),
  /** Advanced policy on the whole API; when set and not `Unlimited`, operation policies are ignored. */
  apiThrottlingPolicy: z.string().nullable(),
  /** Business plans offered. Empty: no subscription is asked for. */
  policies: z.array(z.string()),
  /** For the schemas of the operations; absent when they have none. */
  sharedSchemas: sharedSchemasSchema.optional(),
  productionEndpoints: z.array(endpointRecordSchema),
  sandboxEndpoints: z.array(endpointRecordSchema),
  /** Absent: in turn, without anything else. */
  balancing: balancingRecordSchema.optional(),
  /** By key type, `null` for none. */
  endpointSecurity: z
    .object({
      production: endpointSecurityRecordSchema.nullable(),
      sandbox: endpointSecurityRecordSchema.nullable(),
    })
    .optional(),
  /** Absent: certificates of clients open nothing. */
  mutualTls: z
    .object({
      /** Nobody passes without one of the certificates. */
      isMandatory: z.boolean(),
      /** A certificate alone is not enough. */
      needsCredential: z.boolean(),
      certificates: z.array(
        z.object({
          alias: z.string(),
          /** SHA-256, base64url. */
          thumbprint: z.string(),
          tier: z.string(),
          validFromMs: z.number(),
          validToMs: z.number(),
        }),
      ),
    })
    .optional(),
  /** Longest wait for response headers of endpoints without rules; `null`: the gateway's own `response_timeout_ms`. */
  endpointTimeoutMs: z.number().int().positive().nullable(),
  /** Of `oauth2`, `api_key`, `mutualssl`. */
  securityScheme: z.array(z.string()),
  authorizationHeader: z.string(),
  apiKeyHeader: z.string(),
  transport: z.array(z.enum(['http', 'https'])),
  cors: corsRecordSchema,
  /** Requests per second to the back end, by key type; null: no hard limit. */
  maxTps: z.object({ production: z.number().int().nullable(), sandbox: z.number().int().nullable() }),
  /** Names of key managers whose tokens are taken; `all` takes every one of the organization. */
  keyManagers: z.array(z.string()),
  audiences: z.array(z.string()),
});
export type DeploymentRecord = z.infer<typeof deploymentRecordSchema>;
