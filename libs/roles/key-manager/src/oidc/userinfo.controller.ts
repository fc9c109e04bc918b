import { Controller, Param, Req, Res } from '@nestjs/common';
import { Operation } from '@tollgate/http';
import { userClaims } from '@tollgate/oauth/domain';
import {
  AccessTokenVerifier,
  dpopAlgorithms,
  DpopError,
  DpopProofs,
  presentedToken,
  type PresentedToken,
  type VerifiedToken,
} from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from '../oauth2/oauth-error.js';
import { TenantPath } from '../oauth2/tenant-path.js';

/** Who a token was given by (OpenID Connect Core section 5.3). */
@Controller(['/oauth2', '/t/:tenant/oauth2'])
export class UserinfoController {
  constructor(
    private readonly tenants: TenantPath,
    private readonly verifier: AccessTokenVerifier,
    private readonly proofs: DpopProofs,
  ) {}

  @Operation({ method: 'GET', path: '/userinfo', auth: 'public', summary: 'Claims of the user of an access token' })
  byGet(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object> {
    return this.claims(request, reply, tenant);
  }

  @Operation({
    method: 'POST',
    path: '/userinfo',
    auth: 'public',
    summary: 'The same',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  byPost(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<object> {
    return this.claims(request, reply, tenant);
  }

  private async claims(request: FastifyRequest, reply: FastifyReply, tenant?: string): Promise<object> {
    const organization = await this.tenants.resolve(tenant);
    const presented = tokenOf(request);
    if (presented === null) {
      void reply.header('www-authenticate', 'Bearer');
      throw new OAuthError('invalid_token', 'Send the access token in the Authorization header.', 401);
    }
    const verified = await this.verifier.verify(presented.token);
    await this.requireProof(request, reply, presented, verified?.claims.cnf);
    const isUser = verified?.claims.aut === 'APPLICATION_USER';
    if (!verified || !isUser || (organization !== null && verified.user.organization !== organization)) {
      void reply.header('www-authenticate', 'Bearer error="invalid_token"');
      throw new OAuthError('invalid_token', 'The access token is not valid here.', 401);
    }
    const scopes = verified.claims.scope.split(' ');
    if (!scopes.includes('openid')) {
      void reply.header('www-authenticate', 'Bearer error="insufficient_scope", scope="openid"');
      throw new OAuthError('insufficient_scope', 'The access token lacks the scope openid.', 403);
    }
    return { sub: verified.claims.sub, ...userClaims(verified.user, scopes) };
  }

  private async requireProof(
    request: FastifyRequest,
    reply: FastifyReply,
    presented: PresentedToken,
    cnf: VerifiedToken['claims']['cnf'],
  ): Promise<void> {
    try {
      if (await this.proofs.fit(request, presented, cnf)) return;
    } catch (error) {
      if (!(error instanceof DpopError)) throw error;
      void reply.headers({
        'www-authenticate': `DPoP error="${error.error}", algs="${dpopAlgorithms.join(' ')}"`,
        'dpop-nonce': this.proofs.nonce(),
      });
      throw new OAuthError(error.error, error.message, 401);
    }
    void reply.header('www-authenticate', 'Bearer error="invalid_token"');
    throw new OAuthError('invalid_token', 'The access token is not valid here.', 401);
  }
}

/** A malformed header is as good as a wrong token. */
function tokenOf(request: FastifyRequest): PresentedToken | null {
  try {
    return presentedToken(request);
  } catch {
    return { scheme: 'Bearer', token: '' };
  }
}
