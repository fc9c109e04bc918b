import { unlimitedPolicy } from '@tollgate/throttling/contract';
import { z, type ZodType } from 'zod';
import type { ClientCertificate } from './client-certificate.js';
import { apiTypes, authTypes, httpVerbs, topicVerbs } from '../contract/index.js';
import { isOperationTarget } from './operation.js';
import { policyFlowsInput, type AttachedFlows } from './operation-policy/policy-input.js';
import { everyKeyManager, gatewayTypes, onlyThese, securitySchemes } from './supported-values.js';

/** Clients send back what they read with `null` for what is unset: both mean the default. */
function orDefault<T>(schema: ZodType<T>, value: NoInfer<T>) {
  return schema.nullish().transform((given): T => given ?? value);
}
const optional = <T>(schema: ZodType<T>) => schema.nullish().transform((given): T | undefined => given ?? undefined);

/** Values that gateways know; what they do not is refused when it is saved, not first when it is deployed. */
function oneOrMoreOf<T extends string>(values: readonly T[]): ZodType<T[]> {
  return z.array(z.enum(values, onlyThese(values))).max(20);
}
/** The contract shows key managers as an object without properties, which names none. */
function listOrNone(given: unknown): unknown {
  return typeof given === 'object' && !Array.isArray(given) ? null : given;
}

const shortText = z.string().max(255);
const names = z.array(shortText.min(1)).max(200);
const nameList = orDefault(names, []);
/** Tags and roles are searched for, so they fit an indexed column. */
const labels = orDefault(z.array(z.string().min(1).max(190)).max(200), []);
const policyName = z.string().min(1).max(190);
/** They say where a request goes and how long it is: a credential in their place would make it unreadable. */
const headersOfTheConnection = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]*$/, 'A header name is a token (RFC 9110).')
  .refine((name) => !headersOfTheConnection.has(name.toLowerCase()), 'This header belongs to HTTP itself.');
const operation = z.object({
  target: z.string().refine(isOperationTarget, 'A target is a path template such as /menu/{item} or /*.'),
  verb: z
    .string()
    .transform((verb) => verb.toUpperCase())
    .pipe(z.enum([...httpVerbs, ...topicVerbs])),
  authType: orDefault(z.enum(authTypes), 'Any'),
  throttlingPolicy: orDefault(policyName, unlimitedPolicy),
  scopes: nameList,
  operationPolicies: policyFlowsInput,
});

const scope = z.object({
  scope: z.object({
    name: z
      .string()
      .regex(/^[^\s"\\\p{Cc}]{1,190}$/u, 'A scope name has no spaces, quotes or backslashes (RFC 6749 section 3.3).'),
    displayName: optional(shortText),
    description: optional(z.string().max(512)),
    bindings: nameList,
  }),
  shared: orDefault(z.boolean(), false),
});

export const defaultCors = {
  corsConfigurationEnabled: false,
  accessControlAllowOrigins: ['*'],
  accessControlAllowCredentials: false,
  accessControlAllowHeaders: [
    'authorization',
    'Access-Control-Allow-Origin',
    'Content-Type',
    'SOAPAction',
    'apikey',
    'Internal-Key',
  ],
  accessControlAllowMethods: ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'],
};

const cors = z
  .object({
    corsConfigurationEnabled: orDefault(z.boolean(), false),
    accessControlAllowOrigins: orDefault(names, defaultCors.accessControlAllowOrigins),
    accessControlAllowCredentials: orDefault(z.boolean(), false),
    accessControlAllowHeaders: orDefault(names, defaultCors.accessControlAllowHeaders),
    accessControlAllowMethods: orDefault(names, defaultCors.accessControlAllowMethods),
  })
  .refine(
    (value) =>
      !value.corsConfigurationEnabled ||
      !value.accessControlAllowCredentials ||
      !value.accessControlAllowOrigins.includes('*'),
    'Credentials are not allowed for every origin ("*"): list the origins.',
  );

const additionalProperty = z.object({
  name: shortText.min(1),
  value: z.string().max(1024),
  display: orDefault(z.boolean(), false),
});
const tps = z.number().int().positive().max(10_000_000);

/** Everything of an API that may change after it was created, as the publisher contract names it. Unknown names are dropped. */
export const apiBodySchema = z.object({
  displayName: optional(z.string().min(1).max(255)),
  description: optional(z.string().max(32_766)),
  type: orDefault(z.enum(apiTypes, onlyThese(apiTypes)), 'HTTP'),
  isDefaultVersion: orDefault(z.boolean(), false),
  responseCachingEnabled: orDefault(z.boolean(), false),
  cacheTimeout: orDefault(z.number().int().nonnegative(), 300),
  enableSchemaValidation: orDefault(z.boolean(), false),
  enableSubscriberVerification: orDefault(z.boolean(), false),
  audience: optional(z.enum(['PUBLIC', 'SINGLE'])),
  audiences: nameList,
  transport: orDefault(z.array(z.enum(['http', 'https'])).min(1, 'Name http, https or both.'), ['http', 'https']),
  tags: labels,
  policies: labels,
  apiThrottlingPolicy: optional(policyName),
  authorizationHeader: orDefault(headerName, ''),
  apiKeyHeader: orDefault(headerName, ''),
  securityScheme: orDefault(oneOrMoreOf(securitySchemes), ['oauth2', 'oauth_basic_auth_api_key_mandatory']),
  maxTps: optional(z.object({ production: optional(tps), sandbox: optional(tps) })),
  visibility: orDefault(z.enum(['PUBLIC', 'PRIVATE', 'RESTRICTED']), 'PUBLIC'),
  visibleRoles: labels,
  visibleTenants: nameList,
  subscriptionAvailability: orDefault(z.enum(['CURRENT_TENANT', 'ALL_TENANTS', 'SPECIFIC_TENANTS']), 'CURRENT_TENANT'),
  subscriptionAvailableTenants: nameList,
  additionalProperties: orDefault(z.array(additionalProperty).max(100), []),
  accessControl: orDefault(z.enum(['NONE', 'RESTRICTED']), 'NONE'),
  accessControlRoles: labels,
  businessInformation: orDefault(
    z.object({
      businessOwner: optional(z.string().max(120)),
      businessOwnerEmail: optional(shortText),
      technicalOwner: optional(z.string().max(120)),
      technicalOwnerEmail: optional(shortText),
    }),
    {} as never,
  ),
  corsConfiguration: orDefault(cors, defaultCors),
  endpointConfig: optional(z.record(z.string(), z.unknown())),
  endpointImplementationType: orDefault(z.enum(['INLINE', 'ENDPOINT', 'MOCKED_OAS']), 'ENDPOINT'),
  scopes: orDefault(z.array(scope).max(500), []),
  operations: optional(z.array(operation).max(2000, 'An API has at most 2000 operations.')),
  apiPolicies: policyFlowsInput,
  categories: nameList,
  keyManagers: z.preprocess(listOrNone, orDefault(z.array(shortText.min(1)).max(20), [everyKeyManager])),
  gatewayType: orDefault(z.enum(gatewayTypes, onlyThese(gatewayTypes)), 'wso2/synapse'),
});

/** Body as sent: `operations` absent means "as they are" on a change and "everything" on creation. */
export type ApiInput = z.infer<typeof apiBodySchema>;

/** Body as stored: operations are always there. */
export type ApiBody = Omit<ApiInput, 'operations' | 'apiPolicies'> & {
  readonly operations: readonly StoredOperation[];
  /** Those of every operation. */
  readonly apiPolicies?: AttachedFlows | undefined;
  /** Not a part of what clients send: they have operations of their own. */
  readonly clientCertificates?: readonly ClientCertificate[];
};
export type StoredOperation = Omit<z.infer<typeof operation>, 'operationPolicies'> & {
  readonly operationPolicies?: AttachedFlows | undefined;
};
export type ApiScope = z.infer<typeof scope>;
