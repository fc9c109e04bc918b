import { UnauthenticatedError } from '@tollgate/base';
import type { Authenticator, AuthenticatorRegistry } from '@tollgate/http';

interface Connection {
  readonly encrypted?: boolean;
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
}

const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

/**
 * A request that came from this machine over the plain HTTP listener. One that a proxy forwarded is somebody else's,
 * although the proxy runs here.
 */
export function isLocalRequest(connection: Connection, headers: Readonly<Record<string, unknown>>): boolean {
  const forwarded = forwardingHeaders.some((name) => headers[name] !== undefined);
  return (
    !connection.encrypted && !forwarded && isLoopback(connection.remoteAddress) && isLoopback(connection.localAddress)
  );
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(address);
}

/** Metrics name APIs and load: they are for this machine and for administrators. */
export function metricsAuthenticator(authenticators: AuthenticatorRegistry): Authenticator {
  return async (request) => {
    if (isLocalRequest(request.raw.socket, request.headers))
      return { organization: '', principal: { userName: 'local', roles: [], scopes: [] } };
    const caller = authenticators.has('bearer') ? await authenticators.get('bearer')(request) : null;
    if (caller?.principal.scopes.includes('apim:admin')) return caller;
    throw new UnauthenticatedError(
      'Metrics are served on the plain HTTP port to this machine, elsewhere to administrators.',
      'Scrape http://127.0.0.1 with the HTTP management port, or send a bearer token with the scope apim:admin.',
    );
  };
}
