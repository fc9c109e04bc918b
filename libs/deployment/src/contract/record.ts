import { z } from 'zod';

/**
 * Everything a gateway or traffic manager needs is a set of records, one per object. The control plane writes a record
 * in the same transaction as the change itself; the hub carries the same record; the snapshot is all of them. So one
 * edit costs one record, and a replica is right when its digest equals the control plane's.
 */
export const recordKinds = [
  'api',
  'deployment',
  'application',
  'key-mapping',
  'subscription',
  'throttle-policy',
  'deny-condition',
  'custom-rule',
  'key-manager',
  'revocation',
  'environment',
  'endpoint-certificate',
] as const;
export type RecordKind = (typeof recordKinds)[number];

export const recordSchema = z.object({
  kind: z.enum(recordKinds),
  /** Unique within the kind. */
  id: z.string().min(1).max(512),
  organization: z.string().min(1),
  /** The whole object as compact JSON text, exactly as hashed; `null` when the object is gone. */
  value: z.string().nullable(),
  /** First 32 hex digits of SHA-256 over `kind \0 id \0 value`; '' when gone. */
  hash: z.string().regex(/^([0-9a-f]{32})?$/),
});
export type DataPlaneRecord = z.infer<typeof recordSchema>;

/** One committed change: `data` of a hub message whose `seq` is its place in the outbox. */
export const recordChangeSchema = z.object({
  epoch: z.string().min(1),
  record: recordSchema,
  eventType: z.string().min(1),
});
export type RecordChange = z.infer<typeof recordChangeSchema>;

/** Where the control plane stands. `digest` is the XOR of the hashes of all present records, 32 hex digits. */
export const hubStateSchema = z.object({
  /** Identity of the database: differs after a database was replaced, so that sequence numbers of two lives never mix. */
  epoch: z.string().min(1),
  seq: z.number().int().nonnegative(),
  digest: z.string().regex(/^[0-9a-f]{32}$/),
});
export type HubState = z.infer<typeof hubStateSchema>;

/** ETag of the snapshot of a state. */
export function etagOf(state: HubState): string {
  return `"${state.epoch}-${state.seq}-${state.digest}"`;
}

/** Answer of `GET /internal/data/v1/snapshot`. */
export const snapshotSchema = hubStateSchema.extend({ records: z.array(recordSchema) });
export type Snapshot = z.infer<typeof snapshotSchema>;

/** Answer of `GET /internal/data/v1/changes?since={seq}&epoch={epoch}`; 410 when the changes are no longer kept or the epoch differs. */
export const changesSchema = hubStateSchema.extend({
  changes: z.array(z.object({ seq: z.number().int(), change: recordChangeSchema })),
});
export type Changes = z.infer<typeof changesSchema>;

export const environmentRecordSchema = z.object({
  name: z.string(),
  type: z.enum(['hybrid', 'production', 'sandbox']),
  gatewayType: z.string(),
  vhosts: z.array(z.object({ host: z.string(), httpPort: z.number(), httpsPort: z.number(), httpContext: z.string() })),
});
export type EnvironmentRecord = z.infer<typeof environmentRecordSchema>;

/** `POST /internal/data/v1/notify-gateway`. */
export const gatewayNotificationSchema = z.object({
  payloadType: z.enum(['REGISTER', 'HEARTBEAT']),
  gatewayId: z.string().min(1).max(128),
  environmentLabels: z.array(z.string()).default([]),
  /** Sequence number and digest the gateway serves: the publisher shows from it what is live. */
  seq: z.number().int().nonnegative().default(0),
  digest: z.string().default(''),
  stale: z.boolean().default(false),
});
export type GatewayNotification = z.infer<typeof gatewayNotificationSchema>;

/** What a gateway learns from the answer. */
export const gatewayWelcomeSchema = z.object({
  /** `REGISTERED` to a heartbeat: the gateway had been given up, and what it had acknowledged is not known any more. */
  status: z.enum(['REGISTERED', 'ACKNOWLEDGED']).optional(),
  /** Gateways that live, this one among them; absent when an older control plane answers. */
  liveGateways: z.number().int().positive().optional(),
});
export type GatewayWelcome = z.infer<typeof gatewayWelcomeSchema>;

/** One line of `POST /internal/data/v1/notify-api-deployment-status`. */
export const deploymentAcknowledgementSchema = z.object({
  gatewayId: z.string().min(1).max(128),
  apiId: z.string(),
  revisionId: z.string(),
  tenantDomain: z.string().optional(),
  /** Milliseconds since the epoch. */
  timeStamp: z.number().int().optional(),
  action: z.enum(['DEPLOY', 'UNDEPLOY']),
  deploymentStatus: z.enum(['SUCCESS', 'FAILURE']),
  errorCode: z.number().int().optional(),
  errorMessage: z.string().max(2000).optional(),
});
export type DeploymentAcknowledgement = z.infer<typeof deploymentAcknowledgementSchema>;
