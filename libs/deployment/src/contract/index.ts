export {
  changesSchema,
  deploymentAcknowledgementSchema,
  environmentRecordSchema,
  etagOf,
  gatewayNotificationSchema,
  hubStateSchema,
  recordChangeSchema,
  recordKinds,
  recordSchema,
  snapshotSchema,
} from './record.js';
export type {
  Changes,
  DataPlaneRecord,
  DeploymentAcknowledgement,
  EnvironmentRecord,
  GatewayNotification,
  HubState,
  RecordChange,
  RecordKind,
  Snapshot,
} from './record.js';
