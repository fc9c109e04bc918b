import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ApimError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import type { FastifyRequest } from 'fastify';
import { calculateJwkThumbprint, EmbeddedJWK, errors, jwtVerify, type JWTVerifyResult } from 'jose';
import type { AccessTokenClaims } from '../contract/index.js';
import { ClientCertificates } from './client-certificates.js';
import { OAuthSettings } from './oauth-settings.js';
import { OneTimeIds } from './one-time-ids.js';

export const dpopAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'];

/** How far the time of a proof may be from ours, in seconds. */
const windowSeconds = 60;
/** A nonce is taken for this long after it was made, at least. */
const nonceMs = 5 * 60_000;

/** A proof that is not right: 401 at a resource, 400 at the token endpoint. */
export class DpopError extends ApimError {
  constructor(
    readonly error: 'invalid_dpop_proof' | 'use_dpop_nonce',
    message: string,
  ) {
    super({ code: 'DPOP_PROOF', status: 401, message, action: 'Make a new proof and send the request again.' });
  }
}

/** Proofs that a client holds the key of its token (RFC 9449). */
@Injectable()
export class DpopProofs {
  constructor(
    private readonly settings: OAuthSettings,
    private readonly ids: OneTimeIds,
    private readonly box: SecretBox,
    private readonly certificates: ClientCertificates,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** What proofs may carry now (RFC 9449 section 8); the same in every process. */
  nonce(): string {
    return this.nonceAt(Math.floor(this.clock.nowMs() / nonceMs));
  }

  /**
   * The proof of this request; null when it carries none.
   * @param accessToken that it must be made for, at a resource
   * @returns thumbprint of its key (RFC 7638)
   * @throws DpopError
   */
  async read(request: FastifyRequest, accessToken?: string): Promise<string | null> {
    const header = request.headers['dpop'];
    if (header === undefined) return null;
    if (typeof header !== 'string' || header.length > 8192 || header.includes(','))
      throw new DpopError('invalid_dpop_proof', 'Send one DPoP proof.');
    const { payload, protectedHeader } = await this.verified(header);
    const { htm, htu, jti, iat = 0, nonce, ath } = payload;
    const fits = htm === request.method && typeof htu === 'string' && this.addressesOf(request).includes(bare(htu));
    if (!fits) throw new DpopError('invalid_dpop_proof', 'The proof was made for another request.');
    if (Math.abs(this.clock.nowMs() / 1000 - iat) > windowSeconds)
      throw new DpopError('invalid_dpop_proof', 'The proof was made too long ago, or in the future.');
    if (nonce !== undefined && !this.isCurrent(nonce))
      throw new DpopError('use_dpop_nonce', 'The nonce of the proof is over: use that of the header DPoP-Nonce.');
    const wantedAth = accessToken && createHash('sha256').update(accessToken).digest('base64url');
    if (ath !== wantedAth) throw new DpopError('invalid_dpop_proof', 'The proof was made for another access token.');
    const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {});
    const isFirst =
      typeof jti === 'string' && (await this.ids.use(`dpop ${jkt}`, jti, (iat + 2 * windowSeconds) * 1000));
    if (!isFirst) throw new DpopError('invalid_dpop_proof', 'The proof was shown before.');
    return jkt;
  }

  /**
   * Whether a token was sent as it has to be: a bound one with the proof of its key or over the connection of its certificate,
   * a plain one as Bearer.
   * @param cnf of the token
   * @throws DpopError for a proof that is not right
   */
  async fit(
    request: FastifyRequest,
    sent: { scheme: string; token: string },
    cnf: AccessTokenClaims['cnf'],
  ): Promise<boolean> {
    const { jkt, 'x5t#S256': certificate } = cnf ?? {};
    if (certificate !== undefined && this.certificates.of(request)?.thumbprint !== certificate) return false;
    if (jkt === undefined) return sent.scheme === 'Bearer';
    return sent.scheme === 'DPoP' && (await this.read(request, sent.token)) === jkt;
  }

  private async verified(proof: string): Promise<JWTVerifyResult> {
    try {
      const result = await jwtVerify(proof, EmbeddedJWK, {
        algorithms: dpopAlgorithms,
        typ: 'dpop+jwt',
        requiredClaims: ['jti', 'htm', 'htu', 'iat'],
        currentDate: new Date(this.clock.nowMs()),
        clockTolerance: windowSeconds,
      });
      if ('d' in (result.protectedHeader.jwk ?? {}))
        throw new DpopError('invalid_dpop_proof', 'The proof shows the secret key.');
      return result;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError)
        throw new DpopError('invalid_dpop_proof', 'The proof is not a valid DPoP JWT.');
      throw error;
    }
  }

  /** This request under the common address and under the one that it came to. */
  private addressesOf(request: FastifyRequest): string[] {
    const path = request.url.split('?')[0] ?? '/';
    return [`${this.settings.baseUrl}${path}`, `https://${request.headers.host ?? ''}${path}`];
  }

  private isCurrent(nonce: unknown): boolean {
    const step = Math.floor(this.clock.nowMs() / nonceMs);
    return nonce === this.nonceAt(step) || nonce === this.nonceAt(step - 1);
  }

  private nonceAt(step: number): string {
    return this.box.digest(String(step), 'dpop-nonce').slice(0, 32);
  }
}

/** Without query and fragment, which `htu` does not have. */
function bare(htu: string): string {
  const url = URL.parse(htu);
  return url ? url.origin + url.pathname : '';
}
