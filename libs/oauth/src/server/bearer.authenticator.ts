import { Injectable } from '@nestjs/common';
import { UnauthenticatedError } from '@tollgate/base';
import type { Caller } from '@tollgate/http';
import type { FastifyRequest } from 'fastify';
import { managementAudience } from '../domain/index.js';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { ScopeGranter } from './scope-granter.js';

/** RFC 6750 section 2.1; null when the request carries no bearer token. */
export function bearerToken(request: FastifyRequest): string | null {
  const header = request.headers.authorization;
  if (header === undefined || !/^Bearer(?: |$)/i.test(header)) return null;
  const token = /^Bearer +([\w\-.~+/]+=*) *$/i.exec(header)?.[1];
  if (token === undefined)
    throw new UnauthenticatedError(
      'The Authorization header is malformed.',
      'Send "Authorization: Bearer" and one token.',
    );
  return token;
}

/**
 * Callers of the management surfaces: a token of the management audience, of an active user. Its scopes count only as
 * far as the user's roles give them now. A client_credentials token of a management client acts as the client's owner.
 */
@Injectable()
export class BearerAuthenticator {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly granter: ScopeGranter,
  ) {}

  /** @throws UnauthenticatedError for a token that is not valid here */
  async authenticate(request: FastifyRequest): Promise<Caller | null> {
    const token = bearerToken(request);
    if (token === null) return null;
    const verified = await this.verifier.verify(token);
    if (!verified || !isForManagement(verified.claims.aud) || verified.client.applicationUuid !== null)
      throw new UnauthenticatedError('The access token is not valid.', 'Get a new access token and send it again.');
    const { client, user, claims } = verified;
    const scopes = await this.granter.grant(client, user.organization, user.roles, claims.scope.split(' '));
    return { organization: user.organization, principal: { userName: user.userName, roles: user.roles, scopes } };
  }
}

function isForManagement(audience: string | readonly string[]): boolean {
  return Array.isArray(audience) && audience.includes(managementAudience);
}
