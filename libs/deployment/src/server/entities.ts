import { Environment } from './environment.entity.js';
import { DeploymentAcknowledgementRow, GatewayInstance } from './gateway.entities.js';
import { GatewayRecord, HubSequence, OutboxEntry } from './hub.entities.js';
import { HubNode } from './node.entity.js';
import { HubLease } from './relay-lease.entity.js';

export const deploymentEntities = [
  GatewayRecord,
  OutboxEntry,
  HubSequence,
  Environment,
  HubLease,
  GatewayInstance,
  DeploymentAcknowledgementRow,
  HubNode,
] as const;
