import { Inject, Injectable } from '@nestjs/common';
import { superOrganization, tollgateClock, type Clock } from '@tollgate/base';
import { ClientService, OAuthSettings, OneTimeIds, type ClientView } from '@tollgate/oauth/server';
import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { clientAuthenticationFailed, OAuthError } from './oauth-error.js';
import type { Parameters } from './parameters.js';

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const assertionAlgorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];
/** Longest life of an assertion, and what clocks may differ. */
const maxLifetimeSeconds = 300;
const skewSeconds = 30;

/** Clients that prove themselves with a key (`private_key_jwt`, RFC 7523 section 3). */
@Injectable()
export class ClientAssertions {
  constructor(
    private readonly clients: ClientService,
    private readonly settings: OAuthSettings,
    private readonly ids: OneTimeIds,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /**
   * The client of the assertion in this request; null when there is none.
   * @throws OAuthError `invalid_client` for one that is not plainly right, `invalid_request` for one of two credentials
   */
  async find(parameters: Parameters, hasOther: boolean): Promise<ClientView | null> {
    const assertion = parameters.get('client_assertion');
    const type = parameters.get('client_assertion_type');
    if (assertion === undefined && type === undefined) return null;
    if (hasOther) throw new OAuthError('invalid_request', 'Send the client credentials in one place only.');
    if (assertion === undefined || type !== assertionType) throw clientAuthenticationFailed();
    try {
      return await this.verified(assertion, parameters.get('client_id'));
    } catch (error) {
      if (error instanceof errors.JOSEError) throw clientAuthenticationFailed();
      throw error;
    }
  }

  private async verified(assertion: string, named: string | undefined): Promise<ClientView> {
    const { sub } = decodeJwt(assertion);
    const client = typeof sub === 'string' ? await this.clients.findByConsumerKey(sub) : null;
    if (!client?.jwks || client.authMethod !== 'private_key_jwt' || (named !== undefined && named !== sub))
      throw clientAuthenticationFailed();
    const nowMs = this.clock.nowMs();
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks as unknown as JSONWebKeySet), {
      algorithms: assertionAlgorithms,
      issuer: client.consumerKey,
      subject: client.consumerKey,
      requiredClaims: ['exp', 'jti', 'aud'],
      currentDate: new Date(nowMs),
      clockTolerance: skewSeconds,
    });
    if (!this.isForUs(payload) || !isShort(payload, nowMs)) throw clientAuthenticationFailed();
    const untilMs = ((payload.exp ?? 0) + skewSeconds + 1) * 1000;
    const isFirst = await this.ids.use(`client-assertion ${client.consumerKey}`, payload.jti ?? '', untilMs);
    if (!isFirst) throw clientAuthenticationFailed();
    return client;
  }

  /** Every audience is an issuer or an endpoint of ours: with a foreign one beside it, somebody else could show it here. */
  private isForUs({ aud }: JWTPayload): boolean {
    const audiences = [aud ?? []].flat();
    const issuers = /^\/(?:t\/[^/]+\/)?oauth2\/(?:token|par|introspect|revoke|device_authorization)$/;
    return (
      audiences.length > 0 &&
      audiences.every((text) => {
        const path = text.startsWith(`${this.settings.baseUrl}/`) ? text.slice(this.settings.baseUrl.length) : '';
        return text === this.settings.issuer(superOrganization) || issuers.test(path);
      })
    );
  }
}

function isShort({ exp = 0, iat }: JWTPayload, nowMs: number): boolean {
  const nowSeconds = nowMs / 1000;
  const notFromTheFuture = iat === undefined || iat <= nowSeconds + skewSeconds;
  return notFromTheFuture && exp <= nowSeconds + maxLifetimeSeconds + skewSeconds;
}
