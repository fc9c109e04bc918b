import type { EndpointSecurityRecord } from '@tollgate/api/contract';
import { OAuthCredential, type TokenRequest } from './oauth-credential.js';

/** What is added to a request so that the back end takes it. */
export interface ShownCredential {
  /** Field that replaces the caller's of the same name, `null` for none. */
  readonly header: readonly [name: string, value: string] | null;
  /** Parameter that replaces the caller's of the same name, `null` for none. */
  readonly query: readonly [name: string, value: string] | null;
}

/** What the gateway shows to the back ends of one key type. */
export interface EndpointCredential {
  /** A promise only while there is no token. @throws when none can be had */
  show(nowMs: number): ShownCredential | Promise<ShownCredential>;
  /** The back end answered 401 to it. */
  refused(shown: ShownCredential): void;
}

export interface CredentialServices {
  /** @throws Error saying what to do when this gateway cannot open sealed secrets */
  openSecret(sealed: string): string;
  requestToken(request: TokenRequest): Promise<{ readonly status: number; readonly text: string }>;
  readonly nowMs: () => number;
}

/** @throws Error when a secret cannot be opened here: the API is not served without it */
export function compileCredential(
  security: EndpointSecurityRecord | null | undefined,
  services: CredentialServices,
): EndpointCredential | null {
  if (!security) return null;
  const open = ({ sealed }: { sealed: string }): string => services.openSecret(sealed);
  if (security.type === 'basic') {
    const pair = Buffer.from(`${security.username}:${open(security.password)}`).toString('base64');
    return new FixedCredential({ header: ['Authorization', `Basic ${pair}`], query: null });
  }
  if (security.type === 'api_key') {
    const field = [security.name, open(security.value)] as const;
    return new FixedCredential(
      security.place === 'header' ? { header: field, query: null } : { header: null, query: field },
    );
  }
  const { tokenUrl, clientId, parameters, user } = security;
  const secret = open(security.clientSecret);
  const person = user === null ? null : { username: user.username, password: open(user.password) };
  return new OAuthCredential({ tokenUrl, clientId, clientSecret: secret, user: person, parameters }, services);
}

class FixedCredential implements EndpointCredential {
  constructor(private readonly shown: ShownCredential) {}

  show(): ShownCredential {
    return this.shown;
  }

  refused(): void {
    // There is no other one.
  }
}

/** The caller's query without a parameter of that name, and ours. @param query with its `?`, or empty */
export function withParameter(query: string, [name, value]: readonly [string, string]): string {
  const others = query
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !new URLSearchParams(part).has(name));
  return `?${[...others, `${encodeURIComponent(name)}=${encodeURIComponent(value)}`].join('&')}`;
}
