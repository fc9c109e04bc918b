import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { superOrganization, UnauthenticatedError } from '@tollgate/base';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { operationKey, type OperationOptions } from './operation.js';
import type { RequestContext } from './request-context.js';
import type { RequestState } from './request-state.js';

export type Caller = { readonly organization: string; readonly principal: NonNullable<RequestContext['principal']> };

/** Who sends this request; null when it carries no credential of this scheme. A bad credential throws `UnauthenticatedError`. */
export type Authenticator = (request: FastifyRequest) => Promise<Caller | null>;

/** Schemes by name. The modules that own the credentials register them; an operation whose scheme nobody registered is refused. */
@Injectable()
export class AuthenticatorRegistry {
  private readonly schemes = new Map<string, Authenticator>();

  register(scheme: string, authenticator: Authenticator): void {
    this.schemes.set(scheme, authenticator);
  }

  has(scheme: string): boolean {
    return this.schemes.has(scheme);
  }

  /** @throws Error when nobody registered the scheme */
  get(scheme: string): Authenticator {
    const found = this.schemes.get(scheme);
    if (!found) throw new Error(`No authenticator is registered for "${scheme}"`);
    return found;
  }
}

/** Organization of a visitor: the header and the query parameter that the devportal contract names, else the super organization. */
function visitorOrganization(request: FastifyRequest): string {
  const header = request.headers['x-wso2-tenant'];
  return typeof header === 'string' && /^[\w.-]{1,190}$/.test(header) ? header : superOrganization;
}

/** Guards every route of the process. A route without `@Operation` is refused: nothing is open by omission. */
@Injectable()
export class OperationGuard implements CanActivate {
  constructor(private readonly authenticators: AuthenticatorRegistry) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const options = Reflect.getMetadata(operationKey, context.getHandler()) as OperationOptions | undefined;
    const request = context.switchToHttp().getRequest<FastifyRequest & RequestState>();
    if (!options) throw new UnauthenticatedError('This operation is not open.');
    const caller = await this.callerOf(options, request);
    request.tollgate = {
      organization: caller?.organization ?? visitorOrganization(request),
      principal: caller?.principal ?? null,
      correlationId: request.id,
      address: request.ip,
      operation: {
        name: `${request.method} ${request.routeOptions.url ?? ''}`,
        readOnly: request.method === 'GET' || request.method === 'HEAD',
        target: { ...(request.params as Record<string, string>) },
      },
    };
    return true;
  }

  private async callerOf(options: OperationOptions, request: FastifyRequest): Promise<Caller | null> {
    const scheme = options.auth ?? 'bearer';
    if (scheme === 'public') return null;
    if (scheme === 'optional') return this.authenticators.get('bearer')(request);
    const caller = await this.authenticators.get(scheme)(request);
    if (!caller) throw new UnauthenticatedError();
    if (scheme === 'bearer') requireScope(options, caller);
    return caller;
  }
}

/** The contract answers a token without the needed scope with 401, not 403. An operation without scopes is refused too. */
function requireScope(options: OperationOptions, caller: Caller): void {
  const granted = new Set(caller.principal.scopes);
  if (!(options.scopes ?? []).some((scope) => granted.has(scope)))
    throw new UnauthenticatedError(
      'The access token lacks a needed scope.',
      `Ask for a token with one of: ${(options.scopes ?? []).join(' ')}.`,
    );
}

/** `[name, password]` of a Basic header (RFC 7617), null when there is none. */
export function basicCredentials(request: FastifyRequest): [string, string] | null {
  const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '');
  if (!match) return null;
  const text = Buffer.from(match[1] ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Sets the challenge that RFC 9110 section 11.6.1 asks for with every 401. */
export function challenge(reply: FastifyReply, surface: 'Bearer' | 'Basic'): void {
  void reply.header('www-authenticate', surface === 'Bearer' ? 'Bearer' : 'Basic realm="tollgate", charset="UTF-8"');
}
