import {
  deploymentAcknowledgementSchema,
  gatewayNotificationSchema,
  gatewayWelcomeSchema,
} from '@tollgate/deployment/contract';
import { z } from 'zod';

export const changesQuery = z.object({
  /** The last change the caller has. */
  since: z.coerce.number().int().nonnegative(),
  epoch: z.string().min(1).max(64),
});

/** As the contract has it: a gateway that registers may leave its id to us. */
export const notifyGatewayBody = gatewayNotificationSchema
  .extend({ gatewayId: z.string().min(1).max(128).optional() })
  .refine((body) => body.payloadType === 'REGISTER' || body.gatewayId !== undefined, {
    path: ['gatewayId'],
    message: 'A heartbeat names the gateway it comes from.',
  });

export const notifyGatewayAnswer = gatewayWelcomeSchema.extend({
  status: z.enum(['REGISTERED', 'ACKNOWLEDGED']),
  gatewayId: z.string(),
});

export const deploymentStatusBody = z.object({
  count: z.number().int().optional(),
  list: z.array(deploymentAcknowledgementSchema).max(10_000),
});

export const nodeAnswer = z.object({ status: z.enum(['RECEIVED']) });

export const deploymentStatusAnswer = z.object({ status: z.enum(['RECEIVED', 'DROPPED']) });

const ipLevel = z.object({
  id: z.number().int(),
  tenantDomain: z.string(),
  type: z.enum(['IP', 'IPRANGE']),
  fixedIp: z.string().optional(),
  startingIp: z.string().optional(),
  endingIp: z.string().optional(),
  invert: z.boolean(),
});

export const blockAnswer = z.object({
  api: z.array(z.string()),
  application: z.array(z.string()),
  ip: z.array(ipLevel),
  user: z.array(z.string()),
  custom: z.array(z.string()),
  subscription: z.array(z.string()),
});
export type BlockAnswer = z.infer<typeof blockAnswer>;
