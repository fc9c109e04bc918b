import { possibleAudiences, readResources, tokenExchangeGrant } from '@tollgate/oauth/domain';
import type { ClientView } from '@tollgate/oauth/server';
import { OAuthError } from './oauth-error.js';
import type { Parameters } from './parameters.js';

/**
 * What the token that is asked for is limited to (RFC 8707 section 2.2, RFC 8693 section 2.1 for `audience`).
 * @param granted at the authorization; a later request can only narrow it
 * @returns undefined without a limit: all that the client's tokens have
 * @throws OAuthError `invalid_target`
 */
export function targetsOf(
  client: ClientView,
  parameters: Parameters,
  granted: readonly string[] | undefined,
): readonly string[] | undefined {
  const resources = readResources(parameters.get('resource'));
  if (resources === null) throw new OAuthError('invalid_target', 'resource is an absolute URI without a fragment.');
  const possible = possibleAudiences(client);
  const named = [...new Set([...resources, ...audienceOf(client, parameters)])];
  if (named.some((each) => !possible.includes(each)))
    throw new OAuthError('invalid_target', 'Tokens of this client are not for this target.');
  if (granted === undefined) return named.length === 0 ? undefined : named;
  if (named.some((each) => !granted.includes(each)))
    throw new OAuthError('invalid_target', 'The authorization was not for this resource.');
  const left = named.length === 0 ? granted.filter((each) => possible.includes(each)) : named;
  if (left.length === 0)
    throw new OAuthError('invalid_target', 'The authorized resources are no longer of this client.');
  return left;
}

/** To name the client itself, in whose tokens it stands anyway, limits nothing. */
function audienceOf({ consumerKey }: ClientView, parameters: Parameters): string[] {
  const audience = parameters.get('grant_type') === tokenExchangeGrant ? parameters.get('audience') : undefined;
  return audience === undefined || audience === consumerKey ? [] : [audience];
}
