import { safeMessage, type Clock, type Logger } from '@tollgate/base';
import { DiskCopy, hubChangeFeed } from '@tollgate/deployment/client';
import { Replica, ReplicaSync, type ControlPlanePort, type ReplicaStatus } from '@tollgate/deployment/domain';
import type { Transports } from '@tollgate/event-hub';
import {
  customRuleRecordSchema,
  throttlePolicyRecordSchema,
  type CustomRuleRecord,
} from '@tollgate/throttling/contract';
import type { PolicyLookup } from '@tollgate/throttling/traffic-manager';
import type { TrafficManagerSettings } from './settings.js';

/** This process's copy of the policies: follows the control plane and starts from disk while that is away. */
export interface PolicyReplica {
  readonly policyOf: PolicyLookup;
  /** The custom rules that are deployed now. */
  customRules(): readonly CustomRuleRecord[];
  onChange(listener: () => void): void;
  start(): Promise<void>;
  whenReady(): Promise<void>;
  status(): ReplicaStatus;
  /** Policies that are not understood here, as `kind id`. */
  rejected(): string[];
  stop(): Promise<void>;
}

export function createPolicyReplica(
  settings: TrafficManagerSettings,
  parts: { controlPlane: ControlPlanePort; transports: Transports; clock: Clock; log: Logger },
): PolicyReplica {
  const { clock, log, controlPlane } = parts;
  const replica = new Replica({
    schemas: { 'throttle-policy': throttlePolicyRecordSchema, 'custom-rule': customRuleRecordSchema },
    onProblem: (problem) => {
      const detail = problem.type === 'listener-failed' ? { reason: safeMessage(problem.error) } : problem;
      log.error({ event: 'traffic-manager.replica_problem', ...detail }, 'A policy could not be taken over');
    },
  });
  const transports = settings.topology.hubEndpoints.map((url) => parts.transports.get(url));
  const sync = new ReplicaSync({
    replica,
    controlPlane,
    feed: hubChangeFeed({ transports, subscriber: `${settings.nodeId}-policies` }),
    disk: new DiskCopy(settings.diskDir),
    compareEveryMs: settings.compareEveryMs,
    clock,
    log,
  });
  return {
    policyOf: (organization, level, name) => replica.get('throttle-policy', `${organization}:${level}:${name}`),
    customRules: () => [...replica.all('custom-rule').values()],
    onChange: (listener) => void replica.onChange(listener),
    start: () => sync.start(),
    whenReady: () => sync.whenReady(),
    status: () => sync.status(),
    rejected: () => [...replica.rejected.keys()],
    stop: () => sync.stop(),
  };
}
