import { Environment } from './environment.entity.js';
import { GatewayRecord, HubSequence, OutboxEntry } from './hub.entities.js';

export const deploymentEntities = [GatewayRecord, OutboxEntry, HubSequence, Environment] as const;
