import { Injectable } from '@nestjs/common';
import type { ClientProof } from '@tollgate/oauth/domain';
import { ClientCertificates, DpopError, DpopProofs, type ClientView } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from './oauth-error.js';

/** What clients prove at the token endpoint: keys (RFC 9449 section 5), certificates (RFC 8705 section 3). */
@Injectable()
export class TokenRequestProofs {
  constructor(
    private readonly proofs: DpopProofs,
    private readonly certificates: ClientCertificates,
  ) {}

  /** @throws OAuthError `invalid_dpop_proof`, `use_dpop_nonce`; `invalid_request` for a missing certificate */
  async atTokenEndpoint(request: FastifyRequest, reply: FastifyReply, client: ClientView): Promise<ClientProof> {
    return { jkt: await this.key(request, reply), certificate: this.certificate(request, client) };
  }

  private certificate(request: FastifyRequest, { bindsToCertificate }: ClientView): string | null {
    if (!bindsToCertificate) return null;
    const shown = this.certificates.of(request);
    if (shown) return shown.thumbprint;
    throw new OAuthError('invalid_request', 'Tokens of this client are bound to a certificate: connect with one.');
  }

  /** Thumbprint of the proved key; null for a request without proof. */
  private async key(request: FastifyRequest, reply: FastifyReply): Promise<string | null> {
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
