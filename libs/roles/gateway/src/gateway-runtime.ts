import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  StartupError,
  superOrganization,
  tollgateClock,
  tollgateConfig,
  tollgateLogger,
  type Clock,
  type Logger,
} from '@tollgate/base';
import { ports, type TollgateConfig } from '@tollgate/config';
import {
  DiskCopy,
  hubChangeFeed,
  localControlPlane,
  NodeReporter,
  openControlPlane,
  type ControlPlaneClient,
} from '@tollgate/deployment/client';
import { recordKinds, type RecordKind } from '@tollgate/deployment/contract';
import { Replica, ReplicaSync, type ReplicaStatus } from '@tollgate/deployment/domain';
import { GroupPublisher, tollgateTransports, type Topology, type Transports } from '@tollgate/event-hub';
import { createGateway, type Gateway, type GatewayOptions, type NumberedBatch } from '@tollgate/gateway';
import { HealthRegistry, type Health } from '@tollgate/http';
import { localQuotaLessor } from '@tollgate/throttling/counters';
import type { QuotaLessor } from '@tollgate/throttling/domain';
import { z } from 'zod';
import { AccessLog } from './access-log.js';
import { CertificateWatch } from './certificate-watch.js';
import { ClusterWatch } from './cluster-watch.js';
import { DecisionFeed } from './decision-feed.js';
import { DeploymentAcknowledger } from './deployment-acknowledger.js';
import { controlPlaneAddress, gatewayIdOf, gatewayOptions, gatewayTopology } from './gateway-settings.js';
import { gatewayReport } from './gateway-report.js';
import { Heartbeat } from './heartbeat.js';
import { openLeaseSource, type LeaseSource } from './lease-source.js';
import { GatewayMetrics } from './metrics.js';

const heartbeatEveryMs = 10_000;
const metricsEveryMs = 1_000;

/** Values pass through as they are: the gateway checks them itself, so that it can acknowledge a bad artifact as failed. */
const uncheckedSchemas = Object.fromEntries(recordKinds.map((kind) => [kind, z.unknown()])) as Record<
  RecordKind,
  z.ZodUnknown
>;

interface Parts {
  readonly gateway: Gateway;
  readonly sync: ReplicaSync<typeof uncheckedSchemas>;
  readonly controlPlane: ControlPlaneClient;
  readonly publisher: GroupPublisher;
  readonly decisions: DecisionFeed;
  readonly leases: LeaseSource;
  readonly cluster: ClusterWatch;
  readonly heartbeat: Heartbeat;
  readonly reporter: NodeReporter;
  readonly acknowledger: DeploymentAcknowledger;
}

/** The gateway of this process with everything that keeps it informed. */
@Injectable()
export class GatewayRuntime implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #parts: Parts | null = null;
  readonly #metrics = new GatewayMetrics();
  #certificates: CertificateWatch | null = null;
  #accessLog: AccessLog | null = null;
  #metricsTimer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(tollgateConfig) private readonly config: TollgateConfig,
    @Inject(tollgateLogger) private readonly log: Logger,
    @Inject(tollgateClock) private readonly clock: Clock,
    @Inject(tollgateTransports) private readonly transports: Transports,
    private readonly health: HealthRegistry,
    private readonly modules: ModuleRef,
    @Optional() @Inject(localQuotaLessor) private readonly localLessor?: QuotaLessor,
  ) {}

  /** @throws StartupError when a port is taken or a setting cannot be used */
  async onApplicationBootstrap(): Promise<void> {
    const parts = await this.#assemble();
    this.#parts = parts;
    this.health.register('gateway', () => this.#check());
    await this.#listen(parts.gateway);
    parts.decisions.start();
    await parts.sync.start();
    void parts.sync.whenReady().then(() => parts.gateway.markLoaded());
    parts.cluster.start();
    parts.heartbeat.start(heartbeatEveryMs);
    parts.reporter.start();
    this.#metricsTimer = setInterval(() => this.#reportMetrics(parts), metricsEveryMs);
  }

  /** While brokers and control plane are still there: finish requests, send events, then leave. */
  async beforeApplicationShutdown(): Promise<void> {
    if (!this.#parts) return;
    const { gateway, sync, controlPlane, publisher, decisions, cluster, leases, heartbeat, reporter, acknowledger } =
      this.#parts;
    await this.#drain(gateway);
    const timeoutMs = Math.max(500, this.config.tollgate.shutdown.timeout_ms - 4_000);
    heartbeat.stop();
    cluster.stop();
    if (this.#metricsTimer) clearInterval(this.#metricsTimer);
    this.#certificates?.stop();
    await gateway.stop({ timeoutMs });
    this.#accessLog?.close();
    await leases.close();
    await publisher.close(2_000);
    await decisions.stop();
    await sync.stop();
    await acknowledger.flush();
    await reporter.stop();
    await controlPlane.close();
  }

  /** Load balancers and clients learn that it goes, while it still takes requests. */
  async #drain(gateway: Gateway): Promise<void> {
    this.health.startDraining();
    gateway.drain();
    const { drain_ms: drainMs } = this.config.tollgate.gateway;
    if (drainMs > 0) await pause(drainMs);
  }

  /** Ports that API traffic may use. */
  get ports(): { readonly http: number | null; readonly https: number | null } {
    return this.#parts?.gateway.ports ?? { http: null, https: null };
  }

  get gateway(): Gateway | null {
    return this.#parts?.gateway ?? null;
  }

  get replicaStatus(): ReplicaStatus | null {
    return this.#parts?.sync.status() ?? null;
  }

  async #assemble(): Promise<Parts> {
    const { config, log, clock } = this;
    const gatewayId = gatewayIdOf(config);
    // Batch numbers begin anew with each process, so the name under which they count has to be new as well.
    const publisherId = `${gatewayId}/${randomUUID()}`;
    const topology = gatewayTopology(config);
    const transportOf = (url: string) => this.transports.get(url);
    const publisher = new GroupPublisher({ groups: topology.requestEventGroups, transportOf, log, clock });
    const leases = openLeaseSource(config, this.localLessor ?? null, log);
    const findLocal = (): ControlPlaneClient => this.modules.get(localControlPlane, { strict: false });
    const controlPlane = openControlPlane(controlPlaneAddress(config), findLocal);
    const gateway = await this.#createGateway(leases, publisherId, {
      publish: (batch) => Promise.resolve(this.#publish(publisher, publisherId, batch)),
      revealTokens: (tokens) => controlPlane.revealTokens(tokens),
    });
    const sync = this.#replicaSync(controlPlane, topology, publisherId);
    const acknowledger = new DeploymentAcknowledger(
      gatewayId,
      (lines) => controlPlane.acknowledgeDeployments(lines),
      log,
    );
    sync.replica.onChange((changes) => {
      const outcomes = gateway.applyChanges(changes.map(({ kind, id, after }) => ({ kind, id, value: after })));
      acknowledger.add(outcomes);
    });
    const decisionTransports = topology.decisionEndpoints.map(transportOf);
    const decisions = new DecisionFeed(
      decisionTransports,
      `decisions-${publisherId}`,
      (list) => gateway.applyDecisions(list),
      log,
    );
    const cluster = new ClusterWatch({
      requestEvents: () => publisher.status(),
      decisions: () => decisionTransports.map((transport) => transport.status()),
      apply: (state) => gateway.setCluster(state),
      log,
    });
    const heartbeat = new Heartbeat(
      async (notification) => {
        const { liveGateways, status } = await controlPlane.notifyGateway(notification);
        if (status === 'REGISTERED' && notification.payloadType === 'HEARTBEAT') acknowledger.sayAgain();
        if (liveGateways !== undefined) cluster.setLiveGateways(liveGateways);
        await acknowledger.registered();
      },
      () => this.#news(gatewayId, sync.status()),
      log,
    );
    const { hubEndpoints, decisionEndpoints } = topology;
    const reporter = new NodeReporter({
      send: (report) => controlPlane.reportNode(report),
      report: gatewayReport({
        nodeId: gatewayId,
        gateway,
        sync,
        publisher,
        transports: this.transports,
        hubEndpoints,
        decisionEndpoints,
        leases,
      }),
      seqOf: () => sync.status().seq,
      log,
    });
    return { gateway, sync, controlPlane, publisher, decisions, cluster, leases, heartbeat, reporter, acknowledger };
  }

  async #createGateway(
    { lessor }: LeaseSource,
    leaseHolder: string,
    links: Pick<GatewayOptions, 'publish' | 'revealTokens'>,
  ): Promise<Gateway> {
    const options = await gatewayOptions(this.config, this.log);
    const [ownCertificate] = options.tls ? [options.tls].flat() : [];
    try {
      const { access_log_file: file } = this.config.tollgate.gateway;
      const accessLog = file === undefined ? null : new AccessLog(file, this.log);
      this.#accessLog = accessLog;
      const gateway = createGateway({
        ...options,
        ...(accessLog ? { onRequest: (record) => accessLog.write(record) } : {}),
        lessor,
        leaseHolder,
        nowMs: () => this.clock.nowMs(),
        ...links,
      });
      this.#certificates = new CertificateWatch(this.config, (pairs) => gateway.setCertificates(pairs), this.log);
      if (ownCertificate) this.#certificates.start(ownCertificate);
      return gateway;
    } catch (error) {
      throw error instanceof TypeError ? new StartupError([`${error.message} Correct it in deployment.toml.`]) : error;
    }
  }

  #replicaSync(controlPlane: ControlPlaneClient, topology: Topology, subscriber: string): Parts['sync'] {
    const replica = new Replica({
      schemas: uncheckedSchemas,
      onProblem: (problem) =>
        this.log.error({ event: 'gateway.replica.problem', problem }, 'A record could not be taken over'),
    });
    return new ReplicaSync({
      replica,
      controlPlane,
      feed: hubChangeFeed({ transports: topology.hubEndpoints.map((url) => this.transports.get(url)), subscriber }),
      disk: new DiskCopy(join(this.config.tollgate.data_dir, 'gateway')),
      log: this.log,
      clock: this.clock,
      compareEveryMs: this.config.tollgate.event_hub.reconcile_interval_ms,
    });
  }

  #publish(publisher: GroupPublisher, publisherId: string, { seq, batch }: NumberedBatch): void {
    publisher.publish('requestEvents', {
      id: randomUUID(),
      seq,
      type: 'REQUEST_BATCH',
      organization: superOrganization,
      at: this.clock.nowMs(),
      publisher: publisherId,
      data: batch,
    });
  }

  #news(gatewayId: string, { seq, digest, stale }: ReplicaStatus) {
    const environmentLabels = [...this.config.apim.sync_runtime_artifacts.gateway.gateway_labels];
    return { gatewayId, environmentLabels, seq, digest, stale };
  }

  async #listen(gateway: Gateway): Promise<void> {
    try {
      await gateway.start();
    } catch (error) {
      const { code, port } = error as NodeJS.ErrnoException & { port?: number };
      if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error;
      const open = ports(this.config);
      throw new StartupError([
        `Port ${port ?? `${open.gateway_http} or ${open.gateway_https}`} ${code === 'EADDRINUSE' ? 'is taken' : `cannot be opened for API traffic (${code})`}. Stop what uses it, set [tollgate.gateway] http_port, https_port, ws_port or wss_port, or move all ports with [server] offset (TOLLGATE_SERVER__OFFSET=1).`,
      ]);
    }
  }

  #reportMetrics({ gateway, sync, publisher }: Parts): void {
    this.#metrics.report({
      gateway: gateway.status(),
      replica: sync.status(),
      requestEvents: publisher.status(),
      transports: this.transports.all().map((transport) => transport.status()),
      droppedLogLines: this.#accessLog?.dropped ?? 0,
    });
  }

  /** Without configuration it must not get traffic; with an old one, deaf to some broker, or heard by no manager, it serves and says so. */
  #check(): Health {
    if (!this.#parts) return { state: 'down', detail: { reason: 'starting' } };
    const { gateway, sync, publisher, cluster } = this.#parts;
    const replica = sync.status();
    const { refusedRecords, deployedApis, failedApis, isLoaded, strictPolicies, leases } = gateway.status();
    const brokersAway = this.transports.all().flatMap((transport) => {
      const { address, connected, lastError } = transport.status();
      return connected ? [] : [{ address, lastError }];
    });
    const requestEvents = publisher.status();
    // What waits there was admitted and is counted on this gateway only.
    const uncounted = requestEvents.some(
      ({ queued, endpoints }) => queued > 0 && endpoints.every(({ state }) => state !== 'live'),
    );
    const quotasAreShared = cluster.isReached;
    const strictIsKept = strictPolicies === 0 || !leases.isAway;
    const detail = {
      ...replica,
      deployedApis,
      failedApis,
      refusedRecords,
      brokersAway,
      requestEvents,
      quotasAreShared,
      strictIsKept,
    };
    if (!isLoaded) return { state: 'down', detail };
    const isDegraded =
      replica.stale || brokersAway.length > 0 || uncounted || !quotasAreShared || !strictIsKept || refusedRecords > 0;
    return { state: isDegraded ? 'degraded' : 'ok', detail };
  }
}
