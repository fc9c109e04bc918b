import { Injectable } from '@nestjs/common';
import { DpopError, DpopProofs } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from './oauth-error.js';

/** DPoP proofs at the token endpoint (RFC 9449 section 5). */
@Injectable()
export class TokenRequestProofs {
  constructor(private readonly proofs: DpopProofs) {}

  /**
   * Thumbprint of the proved key; null for a request without proof.
   * @throws OAuthError `invalid_dpop_proof`, `use_dpop_nonce`
   */
  async atTokenEndpoint(request: FastifyRequest, reply: FastifyReply): Promise<string | null> {
    if (request.headers['dpop'] === undefined) return null;
    void reply.header('dpop-nonce', this.proofs.nonce());
    try {
      return await this.proofs.read(request);
    } catch (error) {
      if (error instanceof DpopError) throw new OAuthError(error.error, error.message);
      throw error;
    }
  }
}
