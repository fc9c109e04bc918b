export { digestOf, emptyDigest, hashRecord, toggleInDigest } from './record-hash.js';
export { Replica } from './replica.js';
export type { Need, NumberedChange, Outcome, ReplicaOptions } from './replica.js';
export type { RecordSchemas, ReplicaChange, ReplicaProblem } from './record-view.js';
export { ReplicaSync } from './replica-sync.js';
export type { ChangeFeedPort, ControlPlanePort, ReplicaStatus, ReplicaSyncOptions } from './replica-sync.js';
export type { DiskCopyPort } from './disk-writer.js';
export { chooseVhost, environmentTypes, gatewayTypes, mayUseEnvironment, repeatedHosts } from './environment.js';
export type { EnvironmentPermissions, EnvironmentType, VirtualHost } from './environment.js';
