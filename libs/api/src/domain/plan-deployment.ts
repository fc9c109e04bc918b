import { ApimError } from '@tollgate/base';
import type { ApiRecord, DeploymentRecord, LifecycleState } from '../contract/index.js';
import type { ApiBody } from './api-body.js';
import { basePathOf } from './api-identity.js';
import { planEndpoints, type EndpointPlan } from './endpoint-config.js';
import { messageSchemasOf, sharedSchemasOf } from './openapi/message-schemas.js';
import { planPolicies } from './operation-policy/plan-policies.js';
import { gatewaySecurity, securityMarkers } from './supported-values.js';

/** What holds for every revision of an API. */
export interface ApiFacts {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly provider: string;
  readonly context: string;
  readonly version: string;
  readonly isDefaultVersion: boolean;
  readonly state: LifecycleState;
  readonly organization: string;
}

export function planApi(api: ApiFacts): ApiRecord {
  return {
    id: api.id,
    uuid: api.uuid,
    name: api.name,
    provider: api.provider,
    context: api.context,
    version: api.version,
    basePath: basePathOf(api.context, api.version),
    isDefaultVersion: api.isDefaultVersion,
    lifecycleState: api.state,
    organization: api.organization,
  };
}

const markers: ReadonlySet<string> = new Set(securityMarkers);
const knownSecurity: ReadonlySet<string> = new Set(gatewaySecurity);

/**
 * What a gateway gets of one revision in one environment. A pure function: the same revision gives the same record.
 * @throws ApimError 400 when the revision asks for something that gateways would not do, so that no check is left out silently
 */
export function planDeployment(
  api: Pick<ApiFacts, 'uuid' | 'name' | 'version'>,
  revision: {
    readonly uuid: string;
    readonly number: number;
    readonly body: ApiBody;
    /** JSON. */
    readonly definition: string;
  },
  place: { readonly environment: string; readonly vhost: string },
): DeploymentRecord {
  const { body } = revision;
  const endpoints = deployableEndpoints(api, body);
  return {
    apiUuid: api.uuid,
    environment: place.environment,
    vhost: place.vhost,
    revisionId: revision.uuid,
    revisionNumber: revision.number,
    ...(body.type === 'HTTP' ? {} : { type: body.type }),
    ...plannedOperations(api, body, revision.definition),
    apiThrottlingPolicy: body.apiThrottlingPolicy ?? null,
    policies: body.policies,
    productionEndpoints: [...endpoints.production],
    sandboxEndpoints: [...endpoints.sandbox],
    ...(endpoints.balancing ? { balancing: endpoints.balancing } : {}),
    ...(endpoints.security ? { endpointSecurity: endpoints.security } : {}),
    endpointTimeoutMs: endpoints.timeoutMs,
    securityScheme: deployableSecurity(api, body),
    ...mutualTlsOf(api, body),
    authorizationHeader: body.authorizationHeader || 'Authorization',
    apiKeyHeader: body.apiKeyHeader || 'ApiKey',
    transport: body.transport,
    cors: body.corsConfiguration,
    maxTps: { production: body.maxTps?.production ?? null, sandbox: body.maxTps?.sandbox ?? null },
    keyManagers: body.keyManagers,
    audiences: body.audiences,
  };
}

type Named = Pick<ApiFacts, 'name' | 'version'>;

function plannedOperations(
  api: Named,
  body: ApiBody,
  definition: string,
): Pick<DeploymentRecord, 'operations' | 'sharedSchemas'> {
  let document: Readonly<Record<string, unknown>> | undefined;
  const parsed = () => (document ??= JSON.parse(definition) as Readonly<Record<string, unknown>>);
  const checksSchemas = body.enableSchemaValidation && body.type === 'HTTP';
  const operations = body.operations.map(({ operationPolicies, scopes, ...operation }) => {
    try {
      const flows = planPolicies(body.apiPolicies, { ...operation, operationPolicies }, parsed);
      return {
        ...operation,
        scopes: [...scopes],
        ...(flows ? { policyFlows: flows } : {}),
        ...(checksSchemas ? { messageSchemas: messageSchemasOf(parsed(), operation) } : {}),
      };
    } catch (error) {
      throw notDeployable(api, (error as Error).message);
    }
  });
  return { operations, ...(checksSchemas ? { sharedSchemas: sharedSchemasOf(parsed()) } : {}) };
}

function deployableEndpoints(api: Named, body: ApiBody): EndpointPlan {
  if (body.endpointImplementationType !== 'ENDPOINT')
    throw notDeployable(
      api,
      `Mock implementation (${body.endpointImplementationType}) cannot be deployed yet. Set endpointImplementationType to "ENDPOINT".`,
    );
  const plan = planEndpoints(body.endpointConfig ?? null, body.type);
  if ('problem' in plan) throw notDeployable(api, plan.problem);
  return plan;
}

function deployableSecurity(api: Named, body: ApiBody): string[] {
  const schemes = body.securityScheme.filter((scheme) => !markers.has(scheme));
  const unknown = schemes.filter((scheme) => !knownSecurity.has(scheme));
  if (unknown.length > 0)
    throw notDeployable(
      api,
      `Security scheme ${unknown.map((scheme) => `"${scheme.slice(0, 40)}"`).join(', ')} cannot be deployed yet. Use "oauth2", "api_key" and "mutualssl".`,
    );
  return schemes.length > 0 ? schemes : ['oauth2'];
}

/** Certificates as they are in this revision. */
function mutualTlsOf(api: Named, body: ApiBody): Pick<DeploymentRecord, 'mutualTls'> {
  const { securityScheme, clientCertificates = [] } = body;
  if (!securityScheme.includes('mutualssl')) return {};
  if (clientCertificates.length === 0)
    throw notDeployable(
      api,
      'Its security "mutualssl" has no client certificate, so nobody could call it. Add one with POST /apis/{apiId}/client-certificates, then create a new revision.',
    );
  return {
    mutualTls: {
      isMandatory: securityScheme.includes('mutualssl_mandatory'),
      needsCredential:
        securityScheme.includes('oauth_basic_auth_api_key_mandatory') &&
        (securityScheme.includes('oauth2') || securityScheme.includes('api_key')),
      certificates: clientCertificates.map(({ alias, thumbprint, tier, validFromMs, validToMs }) => ({
        alias,
        thumbprint,
        tier,
        validFromMs,
        validToMs,
      })),
    },
  };
}

function notDeployable(api: Named, reason: string): ApimError {
  return new ApimError({
    code: 'REVISION_NOT_DEPLOYABLE',
    status: 400,
    message: `API "${api.name}" ${api.version} cannot be deployed.`,
    action: reason,
  });
}
