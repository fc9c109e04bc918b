import type { PasswordRefusedError } from '@tollgate/identity/domain';
import type { TooManySignInsError } from '@tollgate/identity/server';
import type { Texts } from './texts.js';

/** Why a new password is refused, in the reader's language. */
export function passwordProblemText(texts: Texts, { problem }: PasswordRefusedError): string {
  return texts(`password.${problem.reason}`, { count: String(problem.limit ?? '') });
}

/** How long somebody has to wait after failed attempts. */
export function waitText(texts: Texts, error: TooManySignInsError): string {
  return texts('sign-in.wait', { seconds: String(error.retryAfterSeconds ?? 1) });
}
