import type { ApiRecord, DeploymentRecord, OperationRecord } from '@tollgate/api/contract';
import type { EnvironmentRecord } from '@tollgate/deployment/contract';
import { resourceKey, type LocalQuota } from '@tollgate/throttling/domain';
import { authenticateFilter, internalKeyHeader, type Authenticator } from '../filters/authenticate.js';
import { chooseEndpointFilter } from '../filters/choose-endpoint.js';
import { corsFilter } from '../filters/cors.js';
import type { CustomRules } from '../filters/custom-rules.js';
import { denyListFilter, type DenyList } from '../filters/deny-list.js';
import { knownTokenFilter } from '../filters/known-token.js';
import { lifecycleFilter } from '../filters/lifecycle.js';
import { scopeFilter } from '../filters/scopes.js';
import { selectOperationFilter } from '../filters/select-operation.js';
import { subscriptionFilter, type ConsumerIndex } from '../filters/subscription.js';
import type { PolicyIndex } from '../filters/quota-checks.js';
import { originFilter, selectStreamFilter, selectTopicFilter } from '../filters/select-topic.js';
import { throttleFilter } from '../filters/throttle.js';
import { messageFilter } from '../filters/throttle-messages.js';
import { transportFilter } from '../filters/transport.js';
import { compileMediation, type Mediation } from '../mediation/compile-mediation.js';
import { SchemaBook } from '../mediation/schemas/schema-book.js';
import { compilePipeline, type Filter } from '../pipeline/compile-pipeline.js';
import type { CompiledApi, CompiledOperation, StreamChecks } from '../pipeline/compiled-api.js';
import { OperationTable } from '../pipeline/operation-table.js';
import { normalisePath } from '../pipeline/path.js';
import type { BackEndTrust, UpstreamTls } from '../upstream/back-end-trust.js';
import { compileCredential, type CredentialServices } from '../upstream/credentials/credential.js';
import type { HealthProber } from '../upstream/targets/health-prober.js';
import { targetSet } from '../upstream/targets/target-set.js';

/** What compiled filters look into on each request; lives as long as the gateway. */
export interface FilterServices {
  readonly authenticator: Authenticator;
  readonly consumers: ConsumerIndex;
  readonly policies: PolicyIndex;
  readonly denyList: DenyList;
  readonly quota: LocalQuota;
  readonly rules: CustomRules;
  /** Whether the caller's token goes on to back ends. */
  readonly passesAuthorization: boolean;
  /** Field in which a load balancer passes on certificates of clients; never passed on. */
  readonly certificateHeader: string | null;
  /** Whether clients can prove themselves by certificates here. */
  readonly seesCertificates: boolean;
  readonly prober: HealthProber;
  readonly credentials: CredentialServices;
  readonly trust: BackEndTrust;
  environmentType(name: string): EnvironmentRecord['type'];
}

/**
 * Compiles one deployed revision. Order of the filters: CORS, lifecycle, transport, operation, authentication,
 * subscription, scopes, back end, deny list, quotas.
 * @throws Error saying what in the artifact cannot be served
 */
export function compileApi(api: ApiRecord, deployment: DeploymentRecord, services: FilterServices): CompiledApi {
  if (deployment.mutualTls && !services.seesCertificates)
    throw new Error(
      'This gateway sees no certificates of clients: set [tollgate.gateway] request_client_certificate or client_certificate_header.',
    );
  const operations = new OperationTable<CompiledOperation>();
  const tlsFor = (origin: string): UpstreamTls | null => services.trust.tlsFor(api.organization, origin);
  const production = targetSet(
    deployment.productionEndpoints,
    deployment,
    services.prober,
    compileCredential(deployment.endpointSecurity?.production, services.credentials),
    tlsFor,
  );
  const sandbox = targetSet(
    deployment.sandboxEndpoints,
    deployment,
    services.prober,
    compileCredential(deployment.endpointSecurity?.sandbox, services.credentials),
    tlsFor,
  );
  const type = deployment.type ?? 'HTTP';
  const chooseEndpoint = chooseEndpointFilter(production, sandbox, () =>
    services.environmentType(deployment.environment),
  );
  const book = deployment.sharedSchemas ? new SchemaBook(deployment.sharedSchemas) : null;
  for (const record of deployment.operations) {
    const run = operationPipeline(api, deployment, record, chooseEndpoint, services);
    const throttleKey = resourceKey(api.basePath, api.version, record.target, record.verb);
    const mediation = compileMediation(record, book);
    const checks = (): StreamChecks => streamChecks(api, deployment, record, services);
    operations.add(
      record.verb,
      normalTemplate(record.target),
      new Operation(record, throttleKey, run, mediation, checks),
    );
  }
  const run = compilePipeline([
    type === 'WS'
      ? originFilter(deployment)
      : corsFilter(deployment.cors, type === 'SSE' ? readOnly(operations) : operations),
    lifecycleFilter(api.lifecycleState),
    transportFilter(deployment.transport),
    type === 'WS' ? knownTokenFilter(deployment, services.authenticator.opaqueTokens) : null,
    selectors[type](operations),
  ]);
  return {
    api,
    deployment,
    vhost: deployment.vhost.toLowerCase(),
    basePaths: basePathsOf(api),
    operations,
    run,
    production,
    sandbox,
    withheldHeaders: withheldHeaders(deployment, services),
  };
}

const selectors: Record<
  NonNullable<DeploymentRecord['type']>,
  (operations: OperationTable<CompiledOperation>) => Filter
> = {
  HTTP: selectOperationFilter,
  WS: selectTopicFilter,
  SSE: selectStreamFilter,
};

/** Topics that are read by GET, as browsers know them. */
function readOnly(operations: OperationTable<CompiledOperation>): { verbsFor(resource: string): readonly string[] } {
  return { verbsFor: (resource) => (operations.verbsFor(resource).includes('SUBSCRIBE') ? ['GET'] : []) };
}

/** Most operations never have an answer that is looked at again: its checks are compiled when one has. */
class Operation implements CompiledOperation {
  #stream: StreamChecks | null = null;

  constructor(
    readonly record: OperationRecord,
    readonly throttleKey: string,
    readonly run: Filter,
    readonly mediation: Mediation | null,
    private readonly compileChecks: () => StreamChecks,
  ) {}

  get stream(): StreamChecks {
    return (this.#stream ??= this.compileChecks());
  }
}

/** Names as `upstreamRequestHeaders` compares them: lower case, dashes for underscores. */
function withheldHeaders(
  deployment: DeploymentRecord,
  { passesAuthorization, certificateHeader }: FilterServices,
): ReadonlySet<string> {
  const tokenHeaders = passesAuthorization ? [] : ['authorization', 'dpop', deployment.authorizationHeader];
  const names = [
    ...tokenHeaders,
    deployment.apiKeyHeader,
    'apikey',
    internalKeyHeader,
    certificateHeader ?? 'x-client-cert',
    ...(deployment.type === 'SSE' ? ['accept-encoding'] : []), // events are counted as they pass
  ];
  return new Set(names.map((name) => name.toLowerCase().replaceAll('_', '-')));
}

function operationPipeline(
  api: ApiRecord,
  deployment: DeploymentRecord,
  record: OperationRecord,
  chooseEndpoint: Filter,
  services: FilterServices,
): Filter {
  const { authenticator, consumers, policies, denyList, quota, rules } = services;
  return compilePipeline([
    authenticateFilter(api, deployment, record, authenticator),
    subscriptionFilter(api, deployment, record, consumers, authenticator.revocations),
    scopeFilter(record),
    chooseEndpoint,
    denyListFilter(api.organization, denyList),
    throttleFilter(api, deployment, record, policies, quota, rules),
  ]);
}

/** What messages pass: the filters of the request again, without those that count it. */
function streamChecks(
  api: ApiRecord,
  deployment: DeploymentRecord,
  record: OperationRecord,
  services: FilterServices,
): StreamChecks {
  const { authenticator, consumers, policies, denyList, quota } = services;
  return {
    look: compilePipeline([
      lifecycleFilter(api.lifecycleState),
      authenticateFilter(api, deployment, record, authenticator),
      subscriptionFilter(api, deployment, record, consumers, authenticator.revocations),
      scopeFilter(record),
      denyListFilter(api.organization, denyList),
    ]),
    messages: messageFilter(api, deployment, record, policies, quota),
  };
}

/** Templates take the same form as request paths, so that both sides of a comparison are normal. */
function normalTemplate(target: string): string {
  const template = target.startsWith('/') ? target : `/${target}`;
  const ascii = template
    .replaceAll(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(text))
    .replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25');
  const normal = normalisePath(ascii);
  if ('problem' in normal) throw new Error(`The operation "${target}" can never be called. ${normal.problem}`);
  return normal.path;
}

/** @throws Error when a base path is none that a request can have */
function basePathsOf(api: ApiRecord): string[] {
  const paths = [api.basePath];
  if (api.isDefaultVersion) paths.push(api.context.replace('/{version}', '').replace('{version}', '') || '/');
  return paths.map((path) => {
    const normal = normalisePath(path);
    if ('problem' in normal) throw new Error(`The context "${path}" cannot be served. ${normal.problem}`);
    return normal.path.replace(/\/$/, '');
  });
}
