import { Injectable } from '@nestjs/common';
import { DpopError, DpopProofs, type ClientView } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from './oauth-error.js';

/** DPoP proofs at the token endpoint (RFC 9449 section 5). */
@Injectable()
export class TokenRequestProofs {
  constructor(private readonly proofs: DpopProofs) {}

  /**
   * Thumbprint of the proved key; null for a request without proof.
   * @throws OAuthError `invalid_dpop_proof`, `use_dpop_nonce`; `invalid_request` for a client of an application, because
   * gateways take no bound tokens
   */
  async atTokenEndpoint(request: FastifyRequest, reply: FastifyReply, client: ClientView): Promise<string | null> {
    if (request.headers['dpop'] === undefined) return null;
    if (client.applicationUuid !== null)
      throw new OAuthError('invalid_request', 'Tokens for APIs are not bound to keys: leave the DPoP header out.');
    void reply.header('dpop-nonce', this.proofs.nonce());
    try {
      return await this.proofs.read(request);
    } catch (error) {
      if (error instanceof DpopError) throw new OAuthError(error.error, error.message);
      throw error;
    }
  }
}
