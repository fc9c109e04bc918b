import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { tollgateClock, tollgateConfig, tollgateLogger, type Clock, type Logger } from '@tollgate/base';
import { Database } from '@tollgate/database';
import { hubCredentials, NodeReporter, type HubCredentialSettings } from '@tollgate/deployment/client';
import {
  DeploymentModule,
  GatewayRegistry,
  HubReader,
  NodeRegistry,
  OutboxRelay,
  RecordWriter,
} from '@tollgate/deployment/server';
import { tollgateTransports, topologyOfConfig, type Transports, type WiringConfig } from '@tollgate/event-hub';
import { AuthenticatorRegistry, HealthRegistry, type Health } from '@tollgate/http';
import { JobQueue } from '@tollgate/jobs';
import { hubAuthenticator, hubScheme } from './hub-authentication.js';
import { controlPlaneReport, type NodeNameConfig } from './control-plane-report.js';
import { registerHubMetrics } from './hub-metrics.js';
import { InternalDataController } from './internal-data.controller.js';
import { ThrottlingDataController } from './throttling-data.controller.js';

const retireJob = 'gateway.retire-silent';
const retireEveryMs = 60_000;
/** A gateway that has not beaten for this long has left for good; one that comes back registers again. */
const retireAfterMs = 10 * 60_000;
/** A silent node is shown this long, so that somebody sees it. */
const forgetNodeAfterMs = 3_600_000;

export type EventHubConfig = WiringConfig & HubCredentialSettings & NodeNameConfig;

/** The role event-hub: the internal data service and the relay of the outbox. */
@Module({})
export class EventHubModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private reporter: NodeReporter | null = null;

  constructor(
    private readonly relay: OutboxRelay,
    private readonly gateways: GatewayRegistry,
    private readonly hub: HubReader,
    private readonly nodes: NodeRegistry,
    private readonly jobs: JobQueue,
    private readonly authenticators: AuthenticatorRegistry,
    private readonly health: HealthRegistry,
    @Inject(tollgateConfig) private readonly config: EventHubConfig,
    @Inject(tollgateTransports) private readonly transports: Transports,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  static forRoot(config: EventHubConfig): DynamicModule {
    const { hubTargets: targets } = topologyOfConfig(config, ['event-hub']);
    const relay = {
      provide: OutboxRelay,
      useFactory: (db: Database, records: RecordWriter, transports: Transports, log: Logger, clock: Clock) =>
        new OutboxRelay({ db, records, targets, transportOf: (url) => transports.get(url), log, clock }),
      inject: [Database, RecordWriter, tollgateTransports, tollgateLogger, tollgateClock],
    };
    return {
      module: EventHubModule,
      imports: [DeploymentModule],
      controllers: [InternalDataController, ThrottlingDataController],
      providers: [relay],
      exports: [OutboxRelay],
    };
  }

  onModuleInit(): void {
    this.authenticators.register(hubScheme, hubAuthenticator(hubCredentials(this.config)));
    this.jobs.register(retireJob, async () => {
      await this.gateways.retireSilentGateways(retireAfterMs);
      await this.nodes.retireSilent(forgetNodeAfterMs);
    });
    this.jobs.every(retireJob, retireEveryMs);
    registerHubMetrics(this.relay, this.transports);
    this.health.register('event-hub', () => this.healthOfRelay());
  }

  onApplicationBootstrap(): void {
    this.relay.start();
    const { config, hub, relay, transports } = this;
    this.reporter = new NodeReporter({
      send: (report) => this.nodes.report(report),
      report: controlPlaneReport({ config, hub, relay, transports }),
      log: this.log,
    });
    this.reporter.start();
  }

  /** Before the transports and the database are closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.reporter?.stop();
    await this.relay.stop();
  }

  /** Never `down`: what cannot be relayed waits in the outbox, and gateways also ask over HTTP. */
  private healthOfRelay(): Health {
    const { relaying, relayedSeq, targets, lastError } = this.relay.status();
    const away = targets.filter((target) => target.away).map((target) => target.addresses);
    return {
      state: away.length > 0 || lastError !== '' ? 'degraded' : 'ok',
      detail: { relaying, relayedSeq, away, lastError },
    };
  }
}
