import { Injectable } from '@nestjs/common';
import { UnauthenticatedError } from '@tollgate/base';
import type { Caller } from '@tollgate/http';
import type { FastifyRequest } from 'fastify';
import { managementAudience } from '../domain/index.js';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { DpopProofs } from './dpop-proofs.js';
import { ScopeGranter } from './scope-granter.js';

export interface PresentedToken {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly token: string;
}

/** RFC 6750 section 2.1 and RFC 9449 section 7.1; null when the request carries neither. */
export function presentedToken(request: FastifyRequest): PresentedToken | null {
  const header = request.headers.authorization;
  const scheme = /^(Bearer|DPoP)(?: |$)/i.exec(header ?? '')?.[1]?.toLowerCase();
  if (header === undefined || scheme === undefined) return null;
  const token = /^\w+ +([\w\-.~+/]+=*) *$/.exec(header)?.[1];
  if (token === undefined)
    throw new UnauthenticatedError('The Authorization header is malformed.', 'Send the scheme and one token.');
  return { scheme: scheme === 'dpop' ? 'DPoP' : 'Bearer', token };
}

/**
 * Callers of the management surfaces: a token of the management audience, of an active user. Its scopes count only as
 * far as the user's roles give them now. A client_credentials token of a management client acts as the client's owner.
 */
@Injectable()
export class BearerAuthenticator {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly proofs: DpopProofs,
    private readonly granter: ScopeGranter,
  ) {}

  /** @throws UnauthenticatedError for a token that is not valid here */
  async authenticate(request: FastifyRequest): Promise<Caller | null> {
    const presented = presentedToken(request);
    if (presented === null) return null;
    const verified = await this.verifier.verify(presented.token);
    if (
      !verified ||
      !(await this.proofs.fit(request, presented, verified.claims.cnf)) ||
      !isForManagement(verified.claims.aud) ||
      verified.client.applicationUuid !== null
    )
      throw new UnauthenticatedError('The access token is not valid.', 'Get a new access token and send it again.');
    const { client, user, claims } = verified;
    const scopes = await this.granter.grant(client, user.organization, user.roles, claims.scope.split(' '));
    return { organization: user.organization, principal: { userName: user.userName, roles: user.roles, scopes } };
  }
}

function isForManagement(audience: string | readonly string[]): boolean {
  return [audience].flat().includes(managementAudience);
}
