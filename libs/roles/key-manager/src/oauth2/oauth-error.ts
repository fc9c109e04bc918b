import { ApimError } from '@tollgate/base';
import type { ErrorShape } from '@tollgate/http';

/** Error codes of RFC 6749 section 5.2, and what we answer when it is our fault. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'unsupported_token_type'
  | 'invalid_target'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'access_denied'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'unsupported_response_type'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'server_error'
  | 'temporarily_unavailable';

/** An error of the OAuth endpoints; `code` goes out as `error`, `message` as `error_description`. */
export class OAuthError extends ApimError {
  constructor(code: OAuthErrorCode, description: string, status = code === 'invalid_client' ? 401 : 400) {
    super({ code, status, message: description });
  }
}

/** One text for every reason, so that it does not tell which clients exist. */
export function clientAuthenticationFailed(): OAuthError {
  return new OAuthError('invalid_client', 'Client authentication failed.');
}

/** Bodies of the OAuth endpoints (RFC 6749 section 5.2). */
export const oauthErrorShape: ErrorShape = (error) => ({
  status: error.status,
  body: { error: codeOf(error), error_description: plainText(error.message) },
  // The one scheme of the `Authorization` header that proves a client here (RFC 6749 section 5.2).
  ...(error instanceof OAuthError && error.code === 'invalid_client' ? { challenge: 'Basic' as const } : {}),
});

function codeOf(error: ApimError): string {
  if (error instanceof OAuthError) return error.code;
  if (error.status === 401) return 'invalid_client';
  if (error.status === 503 || error.status === 429) return 'temporarily_unavailable';
  return error.status >= 500 ? 'server_error' : 'invalid_request';
}

/** `error_description` takes printable ASCII without quotes and backslashes. */
function plainText(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20-\x7E]|\\/g, '?');
}
