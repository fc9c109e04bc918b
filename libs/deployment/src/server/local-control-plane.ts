import type { ControlPlaneClient } from '../client/index.js';
import type {
  Changes,
  DeploymentAcknowledgement,
  GatewayNotification,
  GatewayWelcome,
  HubState,
  NodeReport,
  Snapshot,
} from '../contract/index.js';
import type { GatewayRegistry } from './gateway-registry.js';
import type { HubReader } from './hub-reader.js';
import type { NodeRegistry } from './node-registry.js';
import type { TokenSource } from './token-source.js';

/** The control plane of this process, for the gateway and the traffic manager that run beside it. */
export class LocalControlPlane implements ControlPlaneClient {
  constructor(
    private readonly hub: HubReader,
    private readonly gateways: GatewayRegistry,
    private readonly nodes: NodeRegistry,
    private readonly tokens: TokenSource,
  ) {}

  async fetchSnapshot(have: HubState | null): Promise<Snapshot | 'not-modified'> {
    if (have) {
      const { epoch, seq, digest } = await this.hub.state();
      if (have.epoch === epoch && have.seq === seq && have.digest === digest) return 'not-modified';
    }
    return this.hub.snapshot();
  }

  fetchChanges(since: number, epoch: string): Promise<Changes | 'gone'> {
    return this.hub.changes(since, epoch);
  }

  fetchState(): Promise<HubState> {
    return this.hub.state();
  }

  async notifyGateway(notification: GatewayNotification): Promise<GatewayWelcome> {
    const isNew = await this.gateways.notify(notification);
    return { status: isNew ? 'REGISTERED' : 'ACKNOWLEDGED', liveGateways: await this.gateways.countLive() };
  }

  reportNode(report: NodeReport): Promise<void> {
    return this.nodes.report(report);
  }

  acknowledgeDeployments(acknowledgements: readonly DeploymentAcknowledgement[]): Promise<void> {
    return this.gateways.acknowledge(acknowledgements);
  }

  async revealTokens(tokens: readonly string[]): Promise<(string | null)[]> {
    return this.tokens.revealAll(tokens);
  }

  async close(): Promise<void> {
    // The database it stands on belongs to the process.
  }
}
