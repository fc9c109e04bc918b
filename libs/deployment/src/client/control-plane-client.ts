import type { DeploymentAcknowledgement, GatewayNotification, GatewayWelcome, NodeReport } from '../contract/index.js';
import type { ControlPlanePort } from '../domain/index.js';

/** Everything that gateways and traffic managers ask of the control plane and tell it. Every method rejects when it cannot. */
export interface ControlPlaneClient extends ControlPlanePort {
  notifyGateway(notification: GatewayNotification): Promise<GatewayWelcome>;
  /** What this node sees of itself and of what it is connected to. */
  reportNode(report: NodeReport): Promise<void>;
  acknowledgeDeployments(acknowledgements: readonly DeploymentAcknowledgement[]): Promise<void>;
  /** The JWTs of opaque access tokens, in their order; null for one that does not count. At most `mostRevealed`. */
  revealTokens(tokens: readonly string[]): Promise<(string | null)[]>;
  close(): Promise<void>;
}

/** Injection token of the control plane in the same process; absent in a process without one. */
export const localControlPlane = Symbol.for('tollgate.local-control-plane');
