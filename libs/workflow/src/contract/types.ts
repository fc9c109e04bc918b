/** Kinds of requests, as the admin contract names them. */
export const workflowTypes = [
  'AM_APPLICATION_CREATION',
  'AM_APPLICATION_UPDATE',
  'AM_APPLICATION_DELETION',
  'AM_APPLICATION_REGISTRATION_PRODUCTION',
  'AM_APPLICATION_REGISTRATION_SANDBOX',
  'AM_SUBSCRIPTION_CREATION',
  'AM_SUBSCRIPTION_UPDATE',
  'AM_SUBSCRIPTION_DELETION',
  'AM_USER_SIGNUP',
  'AM_API_STATE',
  'AM_REVISION_DEPLOYMENT',
] as const;
export type WorkflowType = (typeof workflowTypes)[number];

/** `CREATED`: waits for a decision. */
export const workflowStatuses = ['CREATED', 'APPROVED', 'REJECTED'] as const;
export type WorkflowStatus = (typeof workflowStatuses)[number];
