import { ApimError, ForbiddenError } from '@tollgate/base';

/**
 * `CREATED` and `REJECTED` applications never served anybody; those whose change or removal waits for a decision go on
 * as they were.
 */
export const applicationStatuses = ['CREATED', 'APPROVED', 'REJECTED', 'UPDATE_PENDING', 'DELETE_PENDING'] as const;
export type ApplicationStatus = (typeof applicationStatuses)[number];

interface Named {
  readonly name: string;
  readonly status: string;
}

/** @throws ForbiddenError when the application may not have keys and subscriptions yet */
export function requireUsable({ name, status }: Named): void {
  if (status !== 'CREATED' && status !== 'REJECTED') return;
  throw new ForbiddenError(
    'APPLICATION_NOT_APPROVED',
    status === 'CREATED' ? `Application "${name}" waits for approval.` : `Application "${name}" was rejected.`,
    status === 'CREATED'
      ? 'Wait until an administrator approves it.'
      : 'Ask an administrator why, and make another one.',
  );
}

/** @throws ApimError 409 when the application waits for a decision, or was rejected */
export function requireSettled({ name, status }: Named): void {
  if (status === 'APPROVED') return;
  throw new ApimError({
    code: 'APPLICATION_PENDING',
    status: 409,
    message: `Application "${name}" is in state ${status} and cannot be changed.`,
    action: status === 'REJECTED' ? 'Delete it and make another one.' : 'Wait for the decision first.',
  });
}
