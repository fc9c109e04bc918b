import type { DeploymentRecord } from '@tollgate/api/contract';
import type { Filter } from '../pipeline/compile-pipeline.js';
import { readCredential } from './credential.js';
import type { OpaqueTokens } from './opaque-tokens.js';
import { tokenUncheckable } from './refusals.js';

/**
 * Has the opaque token of a request known before its topic is chosen, which happens without waiting. Whether the token is
 * right is for authentication to say.
 */
export function knownTokenFilter(deployment: DeploymentRecord, tokens: OpaqueTokens): Filter | null {
  if (!deployment.securityScheme.includes('oauth2')) return null;
  const name = deployment.authorizationHeader.toLowerCase();
  return function knowToken(x) {
    const sent = readCredential(x.headers.get(name) ?? '');
    const jwt = sent && tokens.jwtOf(sent.text);
    if (!(jwt instanceof Promise)) return null;
    return jwt.then(
      () => null,
      () => tokenUncheckable,
    );
  };
}
