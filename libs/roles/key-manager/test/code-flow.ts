import { createHash, randomBytes } from 'node:crypto';
import { ClientService, type ClientAuthMethod } from '@tollgate/oauth/server';
import type { Answer, Registered } from './key-manager-client.js';
import { admin, ctx, type Rig } from './rig.js';
import { hiddenFields, signIn, TestBrowser, type PageAnswer } from './browser.js';

export const verifier = randomBytes(32).toString('base64url');
export const challenge = createHash('sha256').update(verifier).digest('base64url');
export const callback = 'https://client.example/cb';

/** Path and query of an authorization request with PKCE. An empty value leaves a parameter out. */
export function authorizePath(clientId: string, more: Record<string, string> = {}, base = '/oauth2'): string {
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callback,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'a state&=?é',
    ...more,
  };
  const sent = Object.entries(parameters).filter(([, value]) => value !== '');
  return `${base}/authorize?${new URLSearchParams(sent)}`;
}

export async function allow(browser: TestBrowser, page: PageAnswer & { at: string }) {
  return browser.go('POST', page.at, { ...hiddenFields(page), action: 'allow' });
}

/** Parameters that the client gets at its callback. */
export function answerAt(page: PageAnswer): URLSearchParams {
  if (page.location === null) throw new Error(`No redirect but ${page.status}: ${page.text.slice(0, 2000)}`);
  return new URL(page.location).searchParams;
}

/** Signs in and allows everything. @returns the code */
export async function codeFor(
  browser: TestBrowser,
  clientId: string,
  more: Record<string, string> = {},
  user: readonly [string, string] = ['admin', admin],
): Promise<string> {
  let page = await browser.go('GET', authorizePath(clientId, more));
  if (page.text.includes('name="password"')) page = await signIn(browser, page, ...user);
  if (page.text.includes('value="allow"')) page = await allow(browser, page);
  const code = answerAt(page).get('code');
  if (code === null) throw new Error(`No code at ${String(page.location)}`);
  return code;
}

export const postLogoutUri = 'https://client.example/bye';

/** A client that redirects, for users of every organization. */
export async function makeClient(
  rig: Rig,
  name: string,
  authMethod: ClientAuthMethod = 'client_secret',
): Promise<Registered> {
  return rig.app.db.transaction(ctx, async (tx) => {
    const made = await rig.app.get(ClientService).create(tx, {
      name,
      owner: 'admin',
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      callbackUrls: [callback, 'https://client.example/other'],
      postLogoutUris: [postLogoutUri],
      saas: true,
      authMethod,
    });
    return { clientId: made.client.consumerKey, clientSecret: made.secret };
  });
}

export function exchangeCode(
  rig: Rig,
  by: Registered,
  code: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier, ...more };
  return rig.km.token(by, form);
}
