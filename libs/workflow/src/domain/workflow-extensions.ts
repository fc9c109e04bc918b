import { z } from 'zod';
import type { WorkflowType } from '../contract/index.js';

/** Names of the kinds in the tenant configuration, as the field's workflow extensions call them. */
export const extensionNames = {
  ApplicationCreation: 'AM_APPLICATION_CREATION',
  ApplicationUpdate: 'AM_APPLICATION_UPDATE',
  ApplicationDeletion: 'AM_APPLICATION_DELETION',
  ProductionApplicationRegistration: 'AM_APPLICATION_REGISTRATION_PRODUCTION',
  SandboxApplicationRegistration: 'AM_APPLICATION_REGISTRATION_SANDBOX',
  SubscriptionCreation: 'AM_SUBSCRIPTION_CREATION',
  SubscriptionUpdate: 'AM_SUBSCRIPTION_UPDATE',
  SubscriptionDeletion: 'AM_SUBSCRIPTION_DELETION',
  UserSignUp: 'AM_USER_SIGNUP',
  APIStateChange: 'AM_API_STATE',
  APIRevisionDeployment: 'AM_REVISION_DEPLOYMENT',
} as const satisfies Record<string, WorkflowType>;
export type ExtensionName = keyof typeof extensionNames;

/** Stands for a secret that is there and not shown; sent back it means that the secret stays. */
export const hiddenSecret = '********';

const simpleExecutor = z.strictObject({ executor: z.literal('simple') });
const approvalExecutor = z.strictObject({ executor: z.literal('approval') });
const webhookExecutor = z.strictObject({
  executor: z.literal('webhook'),
  /** Gets a POST for each request. */
  url: z.url({ protocol: /^https?$/, message: 'Name an absolute http or https URL.' }).max(2000),
  /** Key of the signature (HMAC-SHA-256) in `X-Tollgate-Signature`. */
  secret: z.string().min(16, 'A secret has at least 16 characters.').max(500).or(z.literal(hiddenSecret)).optional(),
});

const executor = z.discriminatedUnion('executor', [simpleExecutor, approvalExecutor, webhookExecutor], {
  error: 'An executor is "simple", "approval" or "webhook".',
});
export type WorkflowExecutor = z.infer<typeof executor>;

export const simple: WorkflowExecutor = { executor: 'simple' };

const names = Object.keys(extensionNames) as [ExtensionName, ...ExtensionName[]];

/** `WorkflowExtensions` of the tenant configuration: kinds that are not named are done at once. */
export const workflowExtensions = z.partialRecord(z.enum(names), executor);
export type WorkflowExtensions = z.infer<typeof workflowExtensions>;
