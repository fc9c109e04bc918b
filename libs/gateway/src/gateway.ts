import { randomUUID } from 'node:crypto';
import { AddressGuard, sendGuarded, type GuardedFetchOptions } from '@tollgate/base';
import type { Decision } from '@tollgate/throttling/contract';
import {
  CustomDecisions,
  DecisionTable,
  LeaseBook,
  LocalQuota,
  type Cluster,
  type ConditionSwitches,
} from '@tollgate/throttling/domain';
import { defaultLimits, type GatewayLimits, type GatewayOptions } from './gateway-options.js';
import { CustomRules } from './filters/custom-rules.js';
import { ClientAddressReader } from './http/client-address.js';
import { CertificateBook, type CertificatePair } from './http/certificate-book.js';
import { ClientCertificateReader } from './http/client-certificate.js';
import type { ClientAnswer } from './http/client-answer.js';
import { ConnectionLimits } from './http/connection-limits.js';
import { Entrance } from './http/entrance.js';
import { ResponseCounts, type ResponseCount } from './http/response-counts.js';
import type { Mediation } from './mediation/compile-mediation.js';
import { mediateRequest, type MediatedRequest } from './mediation/mediate-request.js';
import { MediatedAnswer } from './mediation/mediated-answer.js';
import { mediatedFault } from './mediation/mediated-fault.js';
import { isStreaming } from './pipeline/compiled-api.js';
import type { Exchange } from './pipeline/exchange.js';
import { requestRecord } from './pipeline/request-record.js';
import { statusRefusal, type Verdict } from './pipeline/verdict.js';
import { Streams, type StreamStatus } from './streams/streams.js';
import type { DeploymentOutcome } from './sync/deployed-apis.js';
import { EventFlusher } from './sync/event-flusher.js';
import { RuntimeState, type RuntimeChange } from './sync/runtime-state.js';
import { forward } from './upstream/forward.js';
import { BackEndTrust } from './upstream/back-end-trust.js';
import { UpstreamPools } from './upstream/pools.js';
import type { RequestBody, ResponseSink } from './upstream/ports.js';
import { HealthProber } from './upstream/targets/health-prober.js';
import type { Health } from './upstream/targets/target.js';
import { withCarriedCredentials } from './websocket/carried-credentials.js';
import { WebSockets, type WebSocketStatus } from './websocket/web-sockets.js';

export interface GatewayStatus {
  /** Whether records were ever loaded; until then every request is answered 503. */
  readonly isLoaded: boolean;
  readonly deployedApis: number;
  readonly failedApis: number;
  readonly refusedRecords: number;
  readonly activeRequests: number;
  readonly upstreamPools: number;
  /** Endpoints that are checked, and those of them that are not well. */
  readonly health: ReturnType<HealthProber['stats']>;
  /** Connections that were refused because their address had too many. */
  readonly refusedConnections: number;
  readonly responses: readonly ResponseCount[];
  readonly events: ReturnType<EventFlusher['stats']>;
  readonly quotas: ReturnType<LocalQuota['stats']>;
  readonly leases: ReturnType<LeaseBook['stats']>;
  /** Policies whose permits are leased. */
  readonly strictPolicies: number;
  readonly decisions: ReturnType<DecisionTable['stats']>;
  readonly webSockets: WebSocketStatus;
  readonly streams: StreamStatus;
}

const notLoaded = statusRefusal(
  503,
  'Service Unavailable',
  'This gateway has not received its configuration from the control plane yet. Try again shortly.',
  { headers: ['Retry-After', '5'] },
);
const unknownPath = statusRefusal(404, 'Not Found', 'The requested resource is not available.');
const noWebSocket = statusRefusal(501, 'Not Implemented', 'This API is not served over WebSocket.', { close: true });
const internalFailure = statusRefusal(500, 'Internal Server Error', 'The gateway failed on this request.', {
  close: true,
});

const sweepEveryMs = 5_000;
const leaseTickMs = 100;
const allConditions: ConditionSwitches = { headers: true, queryParameters: true, jwtClaims: true };

function noSecrets(): never {
  throw new Error('This gateway cannot open secrets of back ends.');
}

const tokenFetch = (guard: AddressGuard): GuardedFetchOptions => ({
  guard,
  maxBytes: 64 * 1024,
  timeoutMs: 10_000,
  field: 'endpoint_security.tokenUrl',
});
/** Ports taken; null where nothing listens. */
export type GatewayPorts = Record<'http' | 'https' | 'ws' | 'wss', number | null>;

/** One gateway process: entrances, what it knows, and the way to the back ends. Made by `createGateway`. */
export class Gateway {
  readonly #state: RuntimeState;
  readonly #decisions = new DecisionTable();
  readonly #customDecisions = new CustomDecisions();
  readonly #rules = new CustomRules(this.#customDecisions);
  readonly #leases: LeaseBook;
  readonly #quota: LocalQuota;
  readonly #pools: UpstreamPools;
  readonly #prober: HealthProber;
  readonly #events: EventFlusher;
  readonly #entrances: Entrance[] = [];
  readonly #ports: GatewayPorts = { http: null, https: null, ws: null, wss: null };
  readonly #webSockets: WebSockets;
  readonly #streams: Streams;
  readonly #limits: GatewayLimits;
  readonly #addresses: ClientAddressReader;
  readonly #certificates: ClientCertificateReader;
  readonly #proxyProtocol: ClientAddressReader;
  readonly #certificateBook: CertificateBook | null;
  readonly #connectionLimits: ConnectionLimits;
  readonly #responses = new ResponseCounts();
  #isLoaded = false;
  #active = 0;
  #sweeper: NodeJS.Timeout | null = null;
  #leaseTimer: NodeJS.Timeout | null = null;

  constructor(private readonly options: GatewayOptions) {
    const { labels, log, publish, eventFlushMs } = options;
    this.#addresses = new ClientAddressReader(options.trustedProxies);
    this.#certificates = new ClientCertificateReader(this.#addresses, options.clientCertificateHeader ?? null);
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#proxyProtocol = new ClientAddressReader(options.proxyProtocolFrom ?? []);
    this.#certificateBook = options.tls ? new CertificateBook([options.tls].flat()) : null;
    this.#connectionLimits = new ConnectionLimits({
      mostOpen: this.#limits.maxConnectionsPerAddress,
      perSecond: this.#limits.connectionsPerSecondPerAddress,
    });
    const { lessor = null, leaseHolder: holder = randomUUID(), nowMs } = options;
    this.#leases = new LeaseBook({ lessor, holder, nowMs });
    this.#quota = new LocalQuota(this.#decisions, { leases: this.#leases });
    const passesAuthorization = options.passesAuthorization ?? false;
    const guard = new AddressGuard(options.allowedNetworks);
    this.#prober = new HealthProber({ connect: (...args) => this.#pools.connect(...args), nowMs, log });
    this.#state = new RuntimeState({
      labels,
      log,
      quota: this.#quota,
      rules: this.#rules,
      passesAuthorization,
      certificateHeader: options.clientCertificateHeader ?? null,
      conditions: options.conditions ?? allConditions,
      seesCertificates: (options.asksForClientCertificate ?? false) || options.clientCertificateHeader !== undefined,
      prober: this.#prober,
      credentials: {
        openSecret: options.openSecret ?? noSecrets,
        requestToken: ({ url, headers, body }) =>
          sendGuarded(url, tokenFetch(guard), { method: 'POST', headers, body }),
        nowMs,
      },
      trust: new BackEndTrust(options.trustedCertificates, options.backEndTls),
      lessor,
      tokens: { reveal: options.revealTokens ?? null, capacity: this.#limits.tokenCacheSize, nowMs },
    });
    this.#events = new EventFlusher({ rules: this.#rules, publish, flushEveryMs: eventFlushMs, log });
    this.#pools = new UpstreamPools(guard, {
      connectTimeoutMs: this.#limits.connectTimeoutMs,
      keepAliveMs: this.#limits.upstreamKeepAliveMs,
      maxConnections: this.#limits.maxUpstreamConnections,
    });
    this.#streams = new Streams({
      nowMs,
      table: () => this.#state.table,
      onEvent: (x, bytes, isFirst) => this.#events.addMessage(x, bytes, isFirst),
    });
    this.#webSockets = new WebSockets({
      limits: this.#limits.webSocket,
      pools: this.#pools,
      connectTimeoutMs: this.#limits.connectTimeoutMs,
      headersTimeoutMs: this.#limits.upstreamHeadersTimeoutMs,
      nowMs,
      table: () => this.#state.table,
      onFailure: this.#onUpstreamFailure,
      onMessage: (x, bytes, isFirst) => this.#events.addMessage(x, bytes, isFirst),
    });
  }

  /** Listens. @throws the system's error, for example EADDRINUSE */
  async start(): Promise<void> {
    try {
      const { httpPort, httpsPort, wsPort = null, wssPort = null } = this.options;
      await this.#listen('http', httpPort);
      await this.#listen('https', httpsPort);
      await this.#listen('ws', wsPort);
      await this.#listen('wss', wssPort);
    } catch (error) {
      await Promise.all(this.#entrances.map((entrance) => entrance.close(0))); // half a gateway helps nobody
      throw error;
    }
    this.#events.start();
    this.#webSockets.start();
    this.#streams.start();
    this.#sweeper = setInterval(() => this.#sweep(), sweepEveryMs);
    this.#leaseTimer = setInterval(() => this.#leases.tick(), leaseTickMs);
  }

  /** Ports taken; null where nothing listens. */
  get ports(): Readonly<GatewayPorts> {
    return this.#ports;
  }

  /** New handshakes get these certificates; open connections keep theirs. @throws TypeError, and then nothing changes */
  setCertificates(pairs: readonly CertificatePair[]): void {
    this.#certificateBook?.replace(pairs);
    for (const entrance of this.#entrances) entrance.renewCertificates();
  }

  /** Every answer from now on asks its client to go elsewhere; requests are still taken. */
  drain(): void {
    for (const entrance of this.#entrances) entrance.drain();
  }

  /** Takes no new requests, finishes what runs (at most `timeoutMs`), then gives back leases and sends the pending request events. */
  async stop({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    if (this.#sweeper) clearInterval(this.#sweeper);
    await Promise.all([
      this.#webSockets.drain(timeoutMs),
      this.#streams.drain(timeoutMs),
      ...this.#entrances.map((entrance) => entrance.close(timeoutMs)),
    ]);
    if (this.#leaseTimer) clearInterval(this.#leaseTimer);
    await this.#leases.returnAll();
    await this.#events.stop();
    this.#prober.stop();
    this.#pools.destroy();
  }

  /**
   * Takes in changes of some records, also those that make up a whole snapshot; requests that come afterwards see them.
   * Gives what became of deployments, to be acknowledged. Until `markLoaded` every request is answered 503.
   */
  applyChanges(changes: readonly RuntimeChange[]): readonly DeploymentOutcome[] {
    const outcomes = this.#state.apply(changes);
    if (changes.some(({ kind }) => kind === 'api' || kind === 'deployment')) this.#closeUnusedPools();
    return outcomes;
  }

  /** A first complete state was applied: the gateway may serve. */
  markLoaded(): void {
    this.#isLoaded = true;
  }

  /** Takes in decisions of traffic managers; repeating one changes nothing. */
  applyDecisions(decisions: readonly Decision[]): void {
    const nowMs = this.options.nowMs();
    for (const decision of decisions) {
      const table = decision.level === 'custom' ? this.#customDecisions : this.#decisions;
      table.apply(decision, nowMs);
    }
  }

  /** Tells whether traffic managers can be reached, and how many gateways share the quotas: decides how they are kept. */
  setCluster(cluster: Cluster): void {
    this.#quota.setCluster(cluster);
  }

  status(): GatewayStatus {
    const { deployed, failed } = this.#state.deployedApis.counts;
    return {
      isLoaded: this.#isLoaded,
      deployedApis: deployed,
      failedApis: failed,
      refusedRecords: this.#state.refusedRecords,
      activeRequests: this.#active,
      upstreamPools: this.#pools.size,
      health: this.#prober.stats(),
      refusedConnections: this.#connectionLimits.refused,
      responses: this.#responses.list(),
      events: this.#events.stats(),
      quotas: this.#quota.stats(),
      leases: this.#leases.stats(),
      strictPolicies: this.#state.strictPolicies,
      decisions: this.#decisions.stats(),
      webSockets: this.#webSockets.status(),
      streams: this.#streams.status(),
    };
  }

  /** Revisions that serve now: for the management API. */
  *deployments(): IterableIterator<{
    apiUuid: string;
    name: string;
    version: string;
    organization: string;
    revisionId: string;
    environment: string;
  }> {
    for (const { api, deployment } of this.#state.deployedApis.serving()) {
      const { name, version, organization, uuid } = api;
      yield {
        apiUuid: uuid,
        name,
        version,
        organization,
        revisionId: deployment.revisionId,
        environment: deployment.environment,
      };
    }
  }

  async #listen(name: keyof GatewayPorts, port: number | null): Promise<void> {
    if (port === null) return;
    const scheme = name === 'https' || name === 'wss' ? 'https' : 'http';
    const { host, nowMs } = this.options;
    const handle = (x: Exchange, body: RequestBody | null, response: ClientAnswer): void =>
      this.#handle(x, body, response);
    const entrance = new Entrance({
      scheme,
      host,
      port,
      limits: this.#limits,
      addresses: this.#addresses,
      certificates: this.#certificates,
      asksForCertificate: this.options.asksForClientCertificate ?? false,
      counts: this.#responses,
      nowMs,
      handle,
      certificateBook: scheme === 'https' ? this.#certificateBook : null,
      proxyProtocol: this.#proxyProtocol,
      connectionLimits: this.#connectionLimits,
    });
    this.#ports[name] = await entrance.listen();
    this.#entrances.push(entrance);
  }

  #handle(asked: Exchange, body: RequestBody | null, response: ClientAnswer): void {
    const { onRequest, nowMs } = this.options;
    let x = asked;
    if (onRequest) response.observe((outcome) => onRequest(requestRecord(x, outcome, nowMs())));
    if (!this.#isLoaded) return response.refuse(notLoaded);
    const route = this.#state.table.find(asked.host, asked.path);
    if (route === null) return response.refuse(unknownPath);
    asked.api = route.api;
    asked.resource = route.resource;
    const { deployment } = route.api;
    if (asked.upgrade !== null && deployment.type !== 'WS') return response.refuse(noWebSocket);
    if (isStreaming(deployment)) x = withCarriedCredentials(asked, deployment);
    let verdict: Verdict | Promise<Verdict>;
    try {
      verdict = route.api.run(x);
    } catch (error) {
      return this.#fail(x, response, error);
    }
    if (!(verdict instanceof Promise)) return this.#conclude(verdict, x, body, response);
    verdict.then(
      (settled) => this.#conclude(settled, x, body, response),
      (error: unknown) => this.#fail(x, response, error),
    );
  }

  #conclude(verdict: Verdict, x: Exchange, body: RequestBody | null, response: ClientAnswer): void {
    if (verdict?.kind === 'answer') return response.answer(verdict);
    if (verdict !== null) return response.refuse(mediatedFault(x, verdict), x.responseHeaders);
    this.#events.add(x);
    if (x.upgrade !== null) return this.#webSockets.open(x, response);
    const mediation = x.operation?.mediation ?? null;
    if (mediation === null) this.#forward(x, body, this.#streams.sinkFor(x, response));
    else this.#mediate(mediation, x, body, response);
  }

  /** Runs the request flow; the others run on the answer. */
  #mediate(mediation: Mediation, x: Exchange, body: RequestBody | null, response: ClientAnswer): void {
    const goOn = ({ verdict, body: sent }: MediatedRequest): void => {
      if (verdict === null) return this.#forward(x, sent, new MediatedAnswer(x, response, mediation));
      if (verdict.kind !== 'answer') return response.refuse(mediatedFault(x, verdict), x.responseHeaders);
      response.answer({ ...verdict, headers: [...verdict.headers, ...x.responseHeaders] });
    };
    try {
      const mediated = mediateRequest(x, body, mediation);
      if (!(mediated instanceof Promise)) return goOn(mediated);
      mediated.then(goOn).catch((error: unknown) => this.#fail(x, response, error));
    } catch (error) {
      this.#fail(x, response, error);
    }
  }

  #forward(x: Exchange, body: RequestBody | null, sink: ResponseSink): void {
    this.#active++;
    forward(x, body, sink, {
      answers: this.#streams.answers,
      pools: this.#pools,
      headersTimeoutMs: this.#limits.upstreamHeadersTimeoutMs,
      idleTimeoutMs: this.#limits.upstreamIdleTimeoutMs,
      nowMs: this.options.nowMs,
      onFailure: this.#onUpstreamFailure,
      onFinished: this.#onFinished,
    });
  }

  /** Bytes count when they have passed, in the window of that moment. */
  readonly #onFinished = (x: Exchange): void => {
    this.#active--;
    if (x.byteLevels === null || x.transferredBytes === 0) return;
    const nowMs = this.options.nowMs();
    for (const level of x.byteLevels) this.#quota.addBytes(level, x.transferredBytes, nowMs);
    this.#events.addBytes(x, nowMs);
  };

  readonly #onUpstreamFailure = (x: Exchange, error: unknown): void => {
    this.options.log.warn(
      { event: 'gateway.upstream.failed', api: x.api?.api.basePath, origin: x.endpoint?.origin, reason: String(error) },
      'A back end failed',
    );
  };

  /** A defect of ours: the caller learns nothing of it, and nobody passes. */
  #fail(x: Exchange, response: ClientAnswer, error: unknown): void {
    this.options.log.error(
      { event: 'gateway.request.failed', api: x.api?.api.basePath, err: error },
      'The pipeline threw',
    );
    response.refuse(internalFailure);
  }

  #sweep(): void {
    const nowMs = this.options.nowMs();
    this.#state.sweep(nowMs);
    this.#decisions.sweep(nowMs);
    this.#customDecisions.sweep(nowMs);
    this.#quota.sweep(nowMs);
    this.#connectionLimits.sweep(performance.now());
    this.#leases.sweep(nowMs);
  }

  #closeUnusedPools(): void {
    const used = new Set<string>();
    const checks = new Set<Health>();
    for (const { production, sandbox } of this.#state.deployedApis.serving()) {
      for (const { endpoint, health } of [...production.targets, ...sandbox.targets]) {
        used.add(endpoint.pool);
        checks.add(health);
      }
    }
    this.#pools.keepOnly(used);
    this.#prober.keepOnly(checks);
  }
}

/** A gateway that does not listen yet. @throws TypeError when an option cannot be used */
export function createGateway(options: GatewayOptions): Gateway {
  return new Gateway(options);
}
