import { listOf, pageQuery } from '@tollgate/http';
import { z } from 'zod';
import { apiInfoAnswer } from './api.js';
import { applicationInfoAnswer } from './application.js';
import { idText, label } from './text.js';

/** `status` and the like are not the caller's to set and are not read. */
export const subscriptionBody = z.object({ apiId: idText, applicationId: idText, throttlingPolicy: label(190) });
export type SubscriptionBody = z.output<typeof subscriptionBody>;

export const subscriptionsBody = z
  .array(subscriptionBody)
  .min(1, 'Give at least one subscription.')
  .max(100, 'At most 100 subscriptions at once.');

/** A change names the plan wanted; ids in the body are those of the subscription itself. */
export const subscriptionChangeBody = z.object({
  applicationId: idText,
  apiId: idText.nullish(),
  throttlingPolicy: label(190),
  requestedThrottlingPolicy: label(190).nullish(),
});
export type SubscriptionChangeBody = z.output<typeof subscriptionChangeBody>;

export const subscriptionQuery = pageQuery
  .extend({ apiId: idText.optional(), applicationId: idText.optional() })
  .refine((query) => query.apiId !== undefined || query.applicationId !== undefined, {
    path: ['applicationId'],
    message: 'Give apiId, applicationId, or both.',
  });
export type SubscriptionQuery = z.output<typeof subscriptionQuery>;

export const subscriptionAnswer = z.object({
  subscriptionId: z.string(),
  applicationId: z.string(),
  apiId: z.string(),
  apiInfo: apiInfoAnswer.optional(),
  applicationInfo: applicationInfoAnswer,
  throttlingPolicy: z.string(),
  requestedThrottlingPolicy: z.string(),
  status: z.string(),
  redirectionParams: z.string(),
});
export type SubscriptionAnswer = z.output<typeof subscriptionAnswer>;
export const subscriptionListAnswer = listOf(subscriptionAnswer);
