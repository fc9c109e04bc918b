import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ApimError, SecretBox, superOrganization, tollgateClock, type Clock } from '@tollgate/base';
import { KeyManagerCaller } from '../key-manager.caller.js';
import { OAuthSettings } from '../oauth-settings.js';
import { OneTimeIds } from '../one-time-ids.js';
import { IdTokenError, verifyIdToken } from './id-token.js';
import type { IdentityProvider } from './identity-provider.entities.js';
import { IdentityProviders } from './identity-providers.js';

/** In what a person is signing in, and with which browser. */
export interface FederationPlace {
  readonly interaction: string;
  readonly browserDigest: string;
}

/** What the client that began it wants of the sign-in. */
export interface FederationWish {
  /** `login`, `select_account`; passed on. */
  readonly prompt: string | undefined;
  readonly maxAgeSeconds: number | undefined;
}

/** What the provider vouches for. */
export interface FederatedSignIn {
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** When the person proved it there, in milliseconds since the epoch. */
  readonly authenticatedAtMs: number;
  /** A second factor was asked for there, and the administrators trust it. */
  readonly secondFactor: boolean;
}

/** `unreachable`: it gave no answer. `refused`: it gave none that is taken. `message` is for the log. */
export class FederationError extends Error {
  constructor(
    readonly kind: 'unreachable' | 'refused' | 'denied',
    message: string,
  ) {
    super(message);
    this.name = 'FederationError';
  }
}

const lifetimeMs = 10 * 60_000;
const purpose = 'federation-state';
const randomLength = 16;
const timeLength = 6;

/**
 * Signs people in at OpenID providers: authorization code with PKCE, state, nonce and issuer (OpenID Connect Core section
 * 3.1, RFC 7636, RFC 9207, RFC 9700 section 2.1). The state is sealed for one browser, one interaction and one provider,
 * and counts once in the whole installation; nonce and code verifier are made from it, so nothing is kept meanwhile.
 */
@Injectable()
export class ProviderSignIn {
  constructor(
    private readonly providers: IdentityProviders,
    private readonly caller: KeyManagerCaller,
    private readonly settings: OAuthSettings,
    private readonly ids: OneTimeIds,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Where the provider sends people back to. */
  redirectUri({ organization, name }: Pick<IdentityProvider, 'organization' | 'name'>): string {
    return `${this.settings.oauthUrl(organization ?? superOrganization)}/federation/${name}`;
  }

  /** Where the browser goes now. */
  begin(provider: IdentityProvider, place: FederationPlace, wish: FederationWish): string {
    const head = Buffer.alloc(randomLength + timeLength);
    randomBytes(randomLength).copy(head);
    head.writeUIntBE(this.clock.nowMs() + lifetimeMs, randomLength, timeLength);
    const text = head.toString('base64url');
    const state = `${place.interaction}.${text}.${this.seal(text, provider, place)}`;
    const url = new URL(provider.metadata.authorizationEndpoint);
    const parameters = {
      response_type: 'code',
      client_id: provider.settings.clientId,
      redirect_uri: this.redirectUri(provider),
      scope: [...new Set(['openid', ...provider.settings.scopes])].join(' '),
      state,
      nonce: this.nonceOf(state),
      code_challenge: createHash('sha256').update(this.verifierOf(state)).digest('base64url'),
      code_challenge_method: 'S256',
      ...(wish.prompt === undefined ? {} : { prompt: wish.prompt }),
      ...(wish.maxAgeSeconds === undefined ? {} : { max_age: String(wish.maxAgeSeconds) }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /** The interaction that a state names; it proves nothing. */
  interactionIn(state: string): string | null {
    const [interaction = '', head, seal, ...more] = state.split('.');
    return head === undefined || seal === undefined || more.length > 0 ? null : interaction;
  }

  /** Whether the state was made for this provider and place, has not expired, and comes for the first time. */
  async takeState(provider: IdentityProvider, place: FederationPlace, state: string): Promise<boolean> {
    const [interaction, text = '', seal = ''] = state.split('.');
    const head = Buffer.from(text, 'base64url');
    if (interaction !== place.interaction || head.length !== randomLength + timeLength) return false;
    const wanted = Buffer.from(this.seal(text, provider, place));
    const given = Buffer.from(seal);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false;
    const expiresAtMs = head.readUIntBE(randomLength, timeLength);
    return expiresAtMs > this.clock.nowMs() && this.ids.use(purpose, state, expiresAtMs);
  }

  /**
   * What the provider says of the person who came back with these parameters.
   * @param state that `takeState` has taken
   * @throws FederationError
   */
  async complete(
    provider: IdentityProvider,
    state: string,
    answer: URLSearchParams,
    wish: FederationWish,
  ): Promise<FederatedSignIn> {
    checkIssuer(provider, answer);
    const error = answer.get('error');
    if (error === 'access_denied') throw new FederationError('denied', 'The person did not go on there.');
    const code = answer.get('code');
    if (error !== null || code === null || answer.getAll('code').length > 1)
      throw new FederationError('refused', `It sent no code but ${String(error).slice(0, 100)}.`);
    const tokens = await this.exchange(provider, code, state);
    const { idToken, accessToken } = tokens;
    const claims = await this.verified(provider, idToken, state, wish);
    const more = accessToken === null ? {} : await this.userInfo(provider, accessToken, claims.sub);
    const authTime = claims['auth_time'];
    return {
      subject: claims.sub,
      claims: { ...more, ...claims },
      authenticatedAtMs: Math.min(this.clock.nowMs(), typeof authTime === 'number' ? authTime * 1000 : Infinity),
      secondFactor: provider.settings.trustsSecondFactor && [claims['amr']].flat().includes('mfa'),
    };
  }

  private async exchange(provider: IdentityProvider, code: string, state: string) {
    const { tokenEndpoint, authMethods } = provider.metadata;
    const { clientId } = provider.settings;
    const secret = this.providers.secretOf(provider);
    const byBasic = secret !== null && authMethods.includes('client_secret_basic');
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.redirectUri(provider),
      code_verifier: this.verifierOf(state),
      ...(byBasic ? {} : { client_id: clientId }),
      ...(secret === null || byBasic ? {} : { client_secret: secret }),
    };
    const headers: Record<string, string> = byBasic ? { authorization: basicOf(clientId, secret) } : {};
    const { status, json } = await this.ask(tokenEndpoint, { method: 'POST', form, headers });
    const { id_token: idToken, access_token: accessToken, error } = json;
    if (status >= 500) throw new FederationError('unreachable', `Its token endpoint answered ${status}.`);
    if (status !== 200 || typeof idToken !== 'string')
      throw new FederationError('refused', `Its token endpoint answered ${status} ${String(error).slice(0, 100)}.`);
    return { idToken, accessToken: typeof accessToken === 'string' ? accessToken : null };
  }

  private async verified(provider: IdentityProvider, idToken: string, state: string, wish: FederationWish) {
    const { issuer, clientId } = provider.settings;
    // Read for each sign-in: keys change without notice, and nobody makes us ask who has no code of the provider.
    const { status, text } = await this.ask(provider.metadata.jwksUri, {});
    if (status !== 200) throw new FederationError('unreachable', `Its keys answered ${status}.`);
    const { maxAgeSeconds } = wish;
    const expected = { issuer, clientId, nonce: this.nonceOf(state), nowMs: this.clock.nowMs(), maxAgeSeconds };
    try {
      return await verifyIdToken(idToken, text, expected);
    } catch (error) {
      throw error instanceof IdTokenError ? new FederationError('refused', error.message) : error;
    }
  }

  /** OpenID Connect Core section 5.3. It has to be of the same subject, else it is of somebody else (section 5.3.2). */
  private async userInfo(provider: IdentityProvider, accessToken: string, sub: string) {
    const { userInfoEndpoint } = provider.metadata;
    if (userInfoEndpoint === '') return {};
    const { status, json } = await this.ask(userInfoEndpoint, { headers: { authorization: `Bearer ${accessToken}` } });
    if (status !== 200 || json['sub'] !== sub)
      throw new FederationError('refused', `Its userinfo endpoint answered ${status}, not of this subject.`);
    return json;
  }

  private async ask(url: string, call: Parameters<KeyManagerCaller['call']>[2]) {
    try {
      return await this.caller.call(url, 'identityProvider', call);
    } catch (error) {
      if (!(error instanceof ApimError)) throw error;
      throw new FederationError('unreachable', error.fields[0]?.message ?? error.message);
    }
  }

  private nonceOf(state: string): string {
    return this.box.digest(state, 'federation-nonce');
  }

  private verifierOf(state: string): string {
    return this.box.digest(state, 'federation-verifier');
  }

  private seal(head: string, { uuid }: IdentityProvider, { interaction, browserDigest }: FederationPlace): string {
    return this.box.digest(JSON.stringify([head, uuid, interaction, browserDigest]), purpose);
  }
}

/** RFC 9207 section 2.4: an answer that another server gave is none. */
function checkIssuer({ settings, metadata }: IdentityProvider, answer: URLSearchParams): void {
  const said = answer.getAll('iss');
  const isRight = said.length === 0 ? !metadata.sendsIssuer : said.length === 1 && said[0] === settings.issuer;
  if (!isRight) throw new FederationError('refused', 'The answer is not of this issuer.');
}

/** RFC 6749 section 2.3.1. */
function basicOf(clientId: string, secret: string): string {
  const encoded = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');
  return `Basic ${Buffer.from(`${encoded(clientId)}:${encoded(secret)}`).toString('base64')}`;
}
