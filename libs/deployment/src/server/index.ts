export { deploymentEntities } from './entities.js';
export { GatewayRecord, HubSequence, OutboxEntry } from './hub.entities.js';
export { RecordWriter } from './record-writer.js';
export type { RecordKey } from './record-writer.js';
