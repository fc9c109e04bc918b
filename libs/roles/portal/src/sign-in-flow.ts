import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretBox } from '@tollgate/base';
import { OpenApiDocuments } from '@tollgate/http';
import {
  AccessTokenVerifier,
  PortalClients,
  PortalSessions,
  type PortalClient,
  type PortalName,
} from '@tollgate/oauth/server';
import { decodeJwt } from 'jose';
import type { PortalOptions } from './portal-options.js';
import { TokenClient } from './token-client.js';

/** What is kept between leaving for the key manager and coming back: encrypted, in `state` itself. */
interface Leaving {
  readonly portal: PortalName;
  readonly verifier: string;
  readonly nonce: string;
  readonly returnTo: string;
  /** Of the cookie of the browser that left. */
  readonly browser: string;
}

/** Why a sign-in did not complete; a word for the page. */
export class SignInFailedError extends Error {
  constructor(readonly reason: string) {
    super(`Signing in did not complete: ${reason}`);
    this.name = 'SignInFailedError';
  }
}

const purpose = 'portal-sign-in';
const random = (): string => randomBytes(32).toString('base64url');

/** Signs people in to a portal by authorization code with PKCE (RFC 6749 section 4.1, RFC 7636). */
@Injectable()
export class SignInFlow {
  constructor(
    private readonly clients: PortalClients,
    private readonly sessions: PortalSessions,
    private readonly tokens: TokenClient,
    private readonly verifier: AccessTokenVerifier,
    private readonly documents: OpenApiDocuments,
    private readonly box: SecretBox,
  ) {}

  /**
   * @param returnTo page of the portal to show afterwards; anything else becomes its first page
   * @returns where to send the browser, and what its cookie holds until it is back
   */
  async leave({ name, surfaces }: PortalOptions, returnTo: string): Promise<{ url: string; browser: string }> {
    const client = await this.clients.get(name);
    const [verifier, nonce, browser] = [random(), random(), random()];
    const leaving: Leaving = { portal: name, verifier, nonce, returnTo: pageOf(name, returnTo), browser };
    const url = new URL('/oauth2/authorize', client.issuer);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: client.redirectUri,
      scope: ['openid', 'profile', ...this.scopesOf(surfaces)].join(' '),
      state: this.box.seal(JSON.stringify(leaving), purpose),
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    return { url: url.href, browser };
  }

  /**
   * @param answer query of the redirect
   * @returns the token of the new session's cookie, and the page to show
   * @throws SignInFailedError when the answer is not one to the request of this browser, or says no
   */
  async arrive(
    { name }: PortalOptions,
    answer: URLSearchParams,
    browser: string | null,
  ): Promise<{ token: string; returnTo: string }> {
    const leaving = this.open(answer.get('state'));
    if (leaving.portal !== name || browser === null || leaving.browser !== browser)
      throw new SignInFailedError('other_browser');
    const client = await this.clients.get(name);
    if (answer.get('iss') !== client.issuer) throw new SignInFailedError('other_issuer');
    const error = answer.get('error');
    if (error !== null) throw new SignInFailedError(/^[a-z_]{1,40}$/.test(error) ? error : 'refused');
    const { tokens, scopes } = await this.tokens.grant(client, {
      grant_type: 'authorization_code',
      code: answer.get('code') ?? '',
      redirect_uri: client.redirectUri,
      code_verifier: leaving.verifier,
    });
    const claims = tokens.id === null ? null : decodeJwt<{ sid?: unknown }>(tokens.id);
    if (claims?.nonce !== leaving.nonce) throw new SignInFailedError('other_answer');
    if (typeof claims.sid !== 'string') throw new SignInFailedError('no_session');
    const verified = await this.verifier.verify(tokens.access);
    if (!verified) throw new SignInFailedError('unusable_token');
    const { userName, organization } = verified.user;
    const token = await this.sessions.begin({
      portal: name,
      organization,
      userName,
      scopes,
      tokens,
      signInSessionUuid: claims.sid,
    });
    return { token, returnTo: leaving.returnTo };
  }

  /** Where a browser signs out at the key manager, and so at every portal (OpenID Connect RP-Initiated Logout). */
  async signOutUrl(name: PortalName, idToken: string | null): Promise<string> {
    const client: PortalClient = await this.clients.get(name);
    const url = new URL('/oidc/logout', client.issuer);
    url.search = new URLSearchParams({
      client_id: client.clientId,
      post_logout_redirect_uri: client.postLogoutRedirectUri,
      ...(idToken === null ? {} : { id_token_hint: idToken }),
    }).toString();
    return url.href;
  }

  /** Every scope that an operation of the portal's surfaces asks for. The user's roles decide which of them are given. */
  private scopesOf(surfaces: readonly string[]): string[] {
    const operations = this.documents
      .operations()
      .filter(({ fullPath }) => surfaces.some((surface) => fullPath.startsWith(surface)));
    return [...new Set(operations.flatMap(({ scopes }) => scopes ?? []))];
  }

  private open(state: string | null): Leaving {
    try {
      return JSON.parse(this.box.open(state ?? '', purpose)) as Leaving;
    } catch (error) {
      throw new SignInFailedError(error instanceof SyntaxError ? 'malformed_state' : 'unknown_state');
    }
  }
}

/** Only pages of this portal: an address elsewhere would be an open redirect. */
function pageOf(name: PortalName, wanted: string): string {
  const isOurs = wanted.length <= 500 && new RegExp(`^/${name}(/[\\w./~%+-]*)?(\\?[\\w.~%=&+:,-]*)?$`).test(wanted);
  return isOurs && !wanted.includes('..') ? wanted : `/${name}/`;
}
