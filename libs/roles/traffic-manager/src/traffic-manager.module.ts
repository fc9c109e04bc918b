import { Global, Inject, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { tollgateClock, tollgateConfig, tollgateLogger, type Clock, type Logger } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import {
  localControlPlane,
  NodeReporter,
  openControlPlane,
  type ControlPlaneClient,
} from '@tollgate/deployment/client';
import { tollgateTransports, type Transports } from '@tollgate/event-hub';
import { HealthRegistry } from '@tollgate/http';
import { localQuotaLessor } from '@tollgate/throttling/counters';
import { LocalLessor } from './local-lessor.js';
import { createPolicyReplica } from './policy-replica.js';
import { settingsOf } from './settings.js';
import { TrafficManagerNode } from './traffic-manager.node.js';

/** Starts and stops the traffic manager with the process. */
@Global()
@Module({ providers: [{ provide: localQuotaLessor, useClass: LocalLessor }], exports: [localQuotaLessor] })
export class TrafficManagerModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private node: TrafficManagerNode | null = null;
  private controlPlane: ControlPlaneClient | null = null;
  private reporter: NodeReporter | null = null;

  constructor(
    private readonly modules: ModuleRef,
    private readonly health: HealthRegistry,
    @Inject(tollgateConfig) private readonly config: TollgateConfig,
    @Inject(tollgateTransports) private readonly transports: Transports,
    @Inject(tollgateClock) private readonly clock: Clock,
    @Inject(tollgateLogger) private readonly log: Logger,
    @Inject(localQuotaLessor) private readonly lessor: LocalLessor,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const settings = settingsOf(this.config);
    const { transports, clock, log } = this;
    const findLocal = (): ControlPlaneClient => this.modules.get(localControlPlane, { strict: false });
    const controlPlane = openControlPlane(settings.controlPlane, findLocal);
    this.controlPlane = controlPlane;
    const policies = createPolicyReplica(settings, { controlPlane, transports, clock, log });
    const node = new TrafficManagerNode({ settings, policies, transports, clock, log });
    this.node = node;
    this.health.register('traffic-manager', () => node.health());
    const reporter = new NodeReporter({
      send: (report) => controlPlane.reportNode(report),
      report: () => node.report(),
      seqOf: () => policies.status().seq,
      log,
    });
    this.reporter = reporter;
    reporter.start();
    await node.start();
    this.lessor.open(node);
  }

  /** Before the connections to the brokers close, which is the last thing a process does. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.reporter?.stop();
    await this.node?.stop();
    await this.controlPlane?.close();
  }
}
