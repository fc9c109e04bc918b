import { z } from 'zod';

export const nodeRoles = ['gateway', 'traffic-manager', 'control-plane'] as const;
export type NodeRole = (typeof nodeRoles)[number];

/** What a connection is used for, seen from the node. */
export const linkPurposes = ['changes', 'decisions', 'request-events', 'peer', 'counters'] as const;

const text = (most: number) => z.string().transform((value) => value.slice(0, most));

export const nodeLinkSchema = z.object({
  purpose: z.enum(linkPurposes).describe('What the node uses the connection for.'),
  /** Without credentials. */
  address: text(300).describe('The broker or store, without credentials.'),
  state: z.enum(['live', 'backing-off', 'away']).describe('`backing-off`: connected, but the last send failed.'),
  lastError: text(500).default('').describe('Empty while all is well.'),
  backlog: z
    .number()
    .int()
    .nonnegative()
    .nullable()
    .default(null)
    .describe('Messages that wait there for this node; null: not known.'),
});
export type NodeLink = z.infer<typeof nodeLinkSchema>;

export const nodeQueueSchema = z.object({
  purpose: z.enum(linkPurposes),
  to: text(500).describe('The endpoints of the receiver group.'),
  waiting: z.number().int().nonnegative().describe('Events that wait in this process for the group.'),
  sent: z.number().int().nonnegative().describe('Since the start of the process, as all counts here.'),
  retried: z.number().int().nonnegative().describe('Tries that failed at an endpoint and were repeated.'),
  dropped: z.number().int().nonnegative().describe('Events given up because the queue was full.'),
});
export type NodeQueue = z.infer<typeof nodeQueueSchema>;

/** `POST /internal/data/v1/notify-node`: a node of the installation as it sees itself. Sent every few seconds, and soon after a change. */
export const nodeReportSchema = z.object({
  /** Unique within its role. */
  nodeId: z.string().min(1).max(128),
  role: z.enum(nodeRoles),
  /** Milliseconds since the epoch. */
  startedAt: z.number().int().nonnegative(),
  /** Last change that is live, and the digest over all records it holds. */
  seq: z.number().int().nonnegative(),
  digest: text(64),
  /** It has not heard from the control plane lately. */
  stale: z.boolean(),
  /** Changes that the hub did not bring and that were fetched instead. */
  healedGaps: z.number().int().nonnegative().default(0),
  /** Records that it holds but could not put to use, as `kind id`. */
  rejected: z.array(text(600)).max(50).default([]),
  links: z.array(nodeLinkSchema).max(200).default([]),
  queues: z.array(nodeQueueSchema).max(100).default([]),
  /** Messages that could not be understood and were set aside. */
  deadLettered: z.number().int().nonnegative().default(0),
  /** Counts of its own work, by name. */
  counts: z.record(z.string().max(64), z.number()).default({}),
  /** Its last word before a wanted stop: it is forgotten at once. */
  leaving: z.boolean().default(false),
});
export type NodeReport = z.infer<typeof nodeReportSchema>;
