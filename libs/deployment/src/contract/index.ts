export { linkPurposes, nodeLinkSchema, nodeQueueSchema, nodeReportSchema, nodeRoles } from './node-report.js';
export type { NodeLink, NodeQueue, NodeReport, NodeRole } from './node-report.js';
export { mostRevealed, revealedTokensSchema, revealTokensSchema } from './reveal-tokens.js';
export type { RevealedTokens } from './reveal-tokens.js';
export {
  changesSchema,
  deploymentAcknowledgementSchema,
  environmentRecordSchema,
  etagOf,
  gatewayNotificationSchema,
  gatewayWelcomeSchema,
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
  GatewayWelcome,
  HubState,
  RecordChange,
  RecordKind,
  Snapshot,
} from './record.js';
