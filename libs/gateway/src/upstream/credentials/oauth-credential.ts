import { UpstreamFailure } from '../upstream-failure.js';
import type { EndpointCredential, ShownCredential } from './credential.js';

export interface TokenRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface OAuthSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** For the password grant, `null` for client credentials. */
  readonly user: { readonly username: string; readonly password: string } | null;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Services {
  requestToken(request: TokenRequest): Promise<{ readonly status: number; readonly text: string }>;
  readonly nowMs: () => number;
}

interface Token {
  readonly shown: ShownCredential;
  readonly expiresAtMs: number;
  /** From then on a new one is fetched while this one is still sent. */
  readonly refreshAtMs: number;
}

const longestEarlyMs = 30_000;
const unsaidSeconds = 300;
/** A token server that failed is left alone for this long. */
const pauseMs = 1_000;

/**
 * A token of the back end's own authorization server (RFC 6749 sections 4.3 and 4.4): fetched once for all requests that
 * need it, renewed before it ends while the former one is still sent, and dropped when the back end refuses it.
 */
export class OAuthCredential implements EndpointCredential {
  #token: Token | null = null;
  #fetching: Promise<ShownCredential> | null = null;
  #failedAtMs = -Infinity;

  constructor(
    private readonly settings: OAuthSettings,
    private readonly services: Services,
  ) {}

  show(nowMs: number): ShownCredential | Promise<ShownCredential> {
    const token = this.#token;
    if (token === null || nowMs >= token.expiresAtMs) return this.#fetch(nowMs);
    if (nowMs >= token.refreshAtMs) this.#fetch(nowMs).catch(() => undefined); // the former one still holds
    return token.shown;
  }

  refused(shown: ShownCredential): void {
    if (this.#token?.shown === shown) this.#token = null;
  }

  #fetch(nowMs: number): Promise<ShownCredential> {
    if (this.#fetching !== null) return this.#fetching;
    if (nowMs - this.#failedAtMs < pauseMs) return Promise.reject(noToken('it failed a moment ago'));
    const fetching = this.#request().finally(() => {
      this.#fetching = null;
    });
    this.#fetching = fetching;
    return fetching;
  }

  async #request(): Promise<ShownCredential> {
    const { tokenUrl, clientId, clientSecret, user, parameters } = this.settings;
    const form = new URLSearchParams({
      ...parameters,
      ...(user ? { grant_type: 'password', ...user } : { grant_type: 'client_credentials' }),
    });
    // RFC 6749 section 2.3.1: both are form-encoded first.
    const pair = [clientId, clientSecret].map((part) => encodeURIComponent(part)).join(':');
    const headers = {
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    };
    try {
      const { status, text } = await this.services.requestToken({ url: tokenUrl, headers, body: form.toString() });
      const token = status === 200 ? readToken(text, this.services.nowMs()) : null;
      if (token === null) throw noToken(`its server answered ${status} without a usable token`);
      this.#token = token;
      return token.shown;
    } catch (error) {
      this.#failedAtMs = this.services.nowMs();
      throw error instanceof UpstreamFailure ? error : noToken((error as Error).message);
    }
  }
}

function readToken(text: string, nowMs: number): Token | null {
  const answer = JSON.parse(text) as Record<string, unknown> | null;
  const { access_token: value, token_type: type, expires_in: seconds = unsaidSeconds } = answer ?? {};
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value) || !isBearer) return null;
  const lifeMs = Number(seconds) * 1000;
  if (!(lifeMs > 0)) return null;
  const expiresAtMs = nowMs + lifeMs;
  const shown: ShownCredential = { header: ['Authorization', `Bearer ${value}`], query: null };
  return { shown, expiresAtMs, refreshAtMs: expiresAtMs - Math.min(longestEarlyMs, lifeMs / 5) };
}

function noToken(reason: string): UpstreamFailure {
  return new UpstreamFailure('UPSTREAM_NO_CREDENTIAL', `No token for the back end: ${reason}`);
}
