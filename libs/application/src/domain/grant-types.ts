import { InvalidInputError } from '@tollgate/base';

/** Grants that end in a redirect to the client, so that they need to know where to. */
const redirectGrants: ReadonlySet<string> = new Set(['authorization_code', 'implicit']);

export interface GrantChoice {
  /** As the client asks; clients of the field send all names they know. */
  readonly requested: readonly string[];
  /** What this installation serves. */
  readonly supported: readonly string[];
  readonly callbackUrl: string;
}

/**
 * The grants a client gets: of those it asks for, the supported ones, each once and in its order.
 * @throws InvalidInputError when a redirect grant comes without callback URL, or when nothing remains
 */
export function chooseGrantTypes(choice: GrantChoice): string[] {
  const field = 'grantTypesToBeSupported';
  const redirecting = choice.requested.filter((grant) => redirectGrants.has(grant));
  if (redirecting.length > 0 && choice.callbackUrl === '')
    throw new InvalidInputError([
      { field: 'callbackUrl', message: `Give a callback URL, or leave out ${redirecting.join(' and ')}.` },
    ]);
  const supported = new Set(choice.supported);
  const chosen = [...new Set(choice.requested)].filter((grant) => supported.has(grant));
  if (chosen.length > 0) return chosen;
  throw new InvalidInputError([{ field, message: `Name at least one of: ${choice.supported.join(', ')}.` }]);
}
