import { GatewayRecord, HubSequence, OutboxEntry } from './hub.entities.js';

export const deploymentEntities = [GatewayRecord, OutboxEntry, HubSequence] as const;
