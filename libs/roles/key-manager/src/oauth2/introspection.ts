import { Injectable } from '@nestjs/common';
import { qualifiedUserName, superOrganization } from '@tollgate/base';
import type { Caller } from '@tollgate/http';
import { UserReader } from '@tollgate/identity/server';
import { AccessTokenVerifier, ClientService, RefreshTokenService, type ClientView } from '@tollgate/oauth/server';

/** Who asks: a client about its own tokens, or an administrator about those of the organization. */
export type Introspector = { readonly client: ClientView } | { readonly admin: Caller };

const inactive = { active: false } as const;

/** RFC 7662. Whoever may not know about a token learns only that it is not active. */
@Injectable()
export class Introspection {
  constructor(
    private readonly verifier: AccessTokenVerifier,
    private readonly refreshTokens: RefreshTokenService,
    private readonly clients: ClientService,
    private readonly users: UserReader,
  ) {}

  async introspect(asker: Introspector, token: string): Promise<object> {
    return (await this.accessToken(asker, token)) ?? (await this.refreshToken(asker, token)) ?? inactive;
  }

  private async accessToken(asker: Introspector, token: string): Promise<object | null> {
    const verified = await this.verifier.verify(token);
    if (!verified || !mayAsk(asker, verified.claims.client_id, verified.claims.organization)) return null;
    const { organization: _organization, azp: _azp, ...claims } = verified.claims;
    return {
      active: true,
      token_type: verified.claims.cnf?.jkt ? 'DPoP' : 'Bearer',
      username: verified.claims.sub,
      ...claims,
    };
  }

  private async refreshToken(asker: Introspector, token: string): Promise<object | null> {
    const found = await this.refreshTokens.find(token);
    if (!found || this.refreshTokens.stateOf(found) !== 'live' || !mayAsk(asker, found.consumerKey, found.organization))
      return null;
    const user = await this.users.find(found.organization, found.userName);
    if (!user?.active || !(await this.clients.findByConsumerKey(found.consumerKey))) return null;
    const username = qualifiedUserName(found.userName, found.organization);
    return {
      active: true,
      token_type: 'refresh_token',
      client_id: found.consumerKey,
      username,
      sub: username,
      scope: found.scopes.join(' '),
      iat: Math.floor(found.issuedAt / 1000),
      exp: Math.floor(found.expiresAt / 1000),
    };
  }
}

function mayAsk(asker: Introspector, consumerKey: string, organization: string): boolean {
  if ('client' in asker) return asker.client.consumerKey === consumerKey;
  return asker.admin.organization === organization || asker.admin.organization === superOrganization;
}
