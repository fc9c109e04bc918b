import { Inject, Injectable } from '@nestjs/common';
import { superOrganization, tollgateClock, type Clock } from '@tollgate/base';
import { signingAlgorithms } from '@tollgate/oauth/domain';
import { ClientService, OAuthSettings, SigningKeys, type ClientView } from '@tollgate/oauth/server';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { PageError } from '../pages/error-page.js';

export interface LogoutRequest {
  readonly client: ClientView | null;
  /** `sid` of the hint. */
  readonly sessionUuid: string | null;
  /** Where to go afterwards, checked; null: nowhere. */
  readonly redirectUri: string | null;
  readonly state: string | undefined;
  readonly uiLocales: string | undefined;
}

/** Reads requests for signing out (OpenID Connect RP-Initiated Logout 1.0 section 2). */
@Injectable()
export class LogoutRequests {
  constructor(
    private readonly clients: ClientService,
    private readonly keys: SigningKeys,
    private readonly settings: OAuthSettings,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @throws PageError for a hint that is not ours, or an address that the client did not register */
  async read(values: ReadonlyMap<string, string>, tenant: string | null): Promise<LogoutRequest> {
    const hinted = values.get('id_token_hint');
    const hint = hinted === undefined ? null : await this.readHint(hinted, tenant);
    const clientId = values.get('client_id');
    if (hint && clientId !== undefined && hint.clientId !== clientId)
      throw new PageError('error.bad-request', 'client_id is not that of the id_token_hint.');
    const named = hint?.clientId ?? clientId;
    const client = named === undefined ? null : await this.clients.findByConsumerKey(named);
    const wanted = values.get('post_logout_redirect_uri');
    if (wanted !== undefined && !client?.postLogoutUris?.includes(wanted))
      throw new PageError('error.bad-redirect', 'post_logout_redirect_uri is not one that the client registered.');
    return {
      client,
      sessionUuid: hint?.sessionUuid ?? null,
      redirectUri: wanted ?? null,
      state: values.get('state'),
      uiLocales: values.get('ui_locales'),
    };
  }

  /** An ID token of ours; one that has expired will do, because people sign out late. */
  private async readHint(token: string, tenant: string | null) {
    const refused = new PageError('error.bad-request', 'id_token_hint is no ID token of ours.');
    try {
      const { exp } = decodeJwt(token);
      const { payload } = await jwtVerify(
        token,
        async ({ alg, kid }) => {
          const key = typeof kid === 'string' ? await this.keys.verifier(kid) : null;
          if (key?.algorithm !== alg) throw new errors.JWKSNoMatchingKey();
          return key.key;
        },
        {
          algorithms: [...signingAlgorithms],
          typ: 'JWT',
          issuer: this.settings.issuer(tenant ?? superOrganization),
          currentDate: new Date(Math.min(this.clock.nowMs(), (exp ?? 0) * 1000 - 1000)),
          requiredClaims: ['exp', 'iat', 'at_hash'],
        },
      );
      const { aud, sid } = payload;
      if (typeof aud !== 'string') throw refused;
      return { clientId: aud, sessionUuid: typeof sid === 'string' ? sid : null };
    } catch (error) {
      if (error instanceof errors.JOSEError) throw refused;
      throw error;
    }
  }
}
