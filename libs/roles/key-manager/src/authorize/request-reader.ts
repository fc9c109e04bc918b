import { Injectable } from '@nestjs/common';
import {
  acrValues,
  isRegisteredRedirect,
  possibleAudiences,
  readResources,
  resourceSeparator,
} from '@tollgate/oauth/domain';
import { ClientService, type ClientView } from '@tollgate/oauth/server';
import type { FastifyRequest } from 'fastify';
import { PageError } from '../pages/error-page.js';
import {
  AuthorizationRefusal,
  type AuthorizationErrorCode,
  type AuthorizationRequest,
  type AuthorizationTarget,
  type Prompt,
} from './authorization-request.js';

/** Parameters as sent; a repeated one is noted instead of hidden. */
export interface SentParameters {
  readonly values: ReadonlyMap<string, string>;
  readonly repeated: ReadonlySet<string>;
}

const maxValueLength = 4096;

/** Every pair of the request's query, repeated names too, which a parsed query would merge. */
export function queryOf({ url }: FastifyRequest): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

export function readSent(pairs: Iterable<readonly [string, string]>): SentParameters {
  const values = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [name, value] of pairs) {
    const former = values.get(name);
    if (former !== undefined && name !== 'resource') repeated.add(name);
    if (value === '') continue; // sent without a value counts as not sent (RFC 6749 section 3.1)
    values.set(name, former !== undefined && name === 'resource' ? former + resourceSeparator + value : value);
  }
  return { values, repeated };
}

const prompts: readonly string[] = ['none', 'login', 'consent', 'select_account'] satisfies Prompt[];

/** Reads and checks authorization requests. Nothing is redirected before client and address are proved to belong together. */
@Injectable()
export class AuthorizationRequests {
  constructor(private readonly clients: ClientService) {}

  /**
   * @param tenant of the path; a client of another organization is unknown there unless it serves all
   * @throws PageError when there is no checked address to answer to, AuthorizationRefusal when there is
   */
  async read(sent: SentParameters, tenant: string | null): Promise<AuthorizationRequest> {
    const target = await this.targetOf(sent, tenant);
    const refuse = (code: AuthorizationErrorCode, text: string): never => {
      throw new AuthorizationRefusal(target, code, text);
    };
    checkForm(sent, refuse);
    const { values } = sent;
    if (values.has('request')) refuse('request_not_supported', 'Request objects are not supported.');
    if (values.has('request_uri')) refuse('request_uri_not_supported', 'This request_uri is not known.');
    const responseType = values.get('response_type') ?? refuse('invalid_request', 'response_type is missing.');
    if (responseType !== 'code') refuse('unsupported_response_type', 'The only response_type is code.');
    if (!target.client.grantTypes.includes('authorization_code'))
      refuse('unauthorized_client', 'This client may not use authorization_code.');
    return {
      ...target,
      scopes: scopesOf(values.get('scope'), refuse),
      codeChallenge: challengeOf(values, target.client, refuse),
      nonce: values.get('nonce'),
      resources: resourcesOf(values.get('resource'), target.client, refuse),
      dpopJkt: values.get('dpop_jkt'),
      prompts: promptsOf(values.get('prompt'), refuse),
      maxAgeSeconds: maxAgeOf(values.get('max_age'), refuse),
      needsMultiFactor: asksForMultiFactor(values.get('acr_values')),
      loginHint: values.get('login_hint'),
      uiLocales: values.get('ui_locales'),
    };
  }

  private async targetOf({ values, repeated }: SentParameters, tenant: string | null): Promise<AuthorizationTarget> {
    const clientId = repeated.has('client_id') ? undefined : values.get('client_id');
    const client = clientId === undefined ? null : await this.clients.findByConsumerKey(clientId);
    if (!client || (tenant !== null && client.organization !== tenant && !client.saas))
      throw new PageError('error.unknown-client', 'client_id names no client.');
    const named = values.get('redirect_uri');
    const redirectUri = repeated.has('redirect_uri') ? null : addressOf(client, named);
    if (redirectUri === null)
      throw new PageError('error.bad-redirect', 'redirect_uri is not one that the client registered.');
    const mode = values.get('response_mode') === 'form_post' ? 'form_post' : 'query';
    const state = repeated.has('state') ? undefined : values.get('state');
    return { client, redirectUri, redirectNamed: named !== undefined, responseMode: mode, state, tenant };
  }
}

/** The named address when it is registered; without a name the only one that is. */
function addressOf(client: ClientView, named: string | undefined): string | null {
  const [only = '', ...others] = client.callbackUrls;
  const given = named ?? (others.length === 0 ? only : '');
  return isRegisteredRedirect(client.callbackUrls, given) ? given : null;
}

type Refuse = (code: AuthorizationErrorCode, text: string) => never;

function checkForm({ values, repeated }: SentParameters, refuse: Refuse): void {
  if (repeated.size > 0) refuse('invalid_request', 'A parameter is repeated.');
  if ([...values.values()].some((value) => value.length > maxValueLength))
    refuse('invalid_request', 'A parameter is too long.');
  const mode = values.get('response_mode') ?? 'query';
  if (mode !== 'query' && mode !== 'form_post') refuse('invalid_request', 'response_mode is query or form_post.');
}

/** @param refuse throws */
export function scopesOf(text: string | undefined, refuse: Refuse): string[] {
  const scopes = [...new Set((text ?? '').split(' ').filter(Boolean))];
  const wellFormed = scopes.length <= 200 && scopes.every((scope) => /^[\x21\x23-\x5B\x5D-\x7E]{1,190}$/.test(scope));
  return wellFormed ? scopes : refuse('invalid_scope', 'scope is a list of names with spaces between them.');
}

function resourcesOf(text: string | undefined, client: ClientView, refuse: Refuse): readonly string[] {
  const resources = readResources(text) ?? refuse('invalid_target', 'resource is an absolute URI without a fragment.');
  const known = possibleAudiences(client);
  if (resources.some((each) => !known.includes(each)))
    refuse('invalid_target', 'Tokens of this client are not for this resource.');
  return resources;
}

/** RFC 7636 with S256 alone: `plain`, which is also what an absent method means, protects nothing. */
function challengeOf(values: ReadonlyMap<string, string>, client: ClientView, refuse: Refuse): string | null {
  const challenge = values.get('code_challenge');
  const method = values.get('code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined) refuse('invalid_request', 'code_challenge is missing.');
    if (client.authMethod === 'none') refuse('invalid_request', 'A public client sends a code_challenge.');
    return null;
  }
  if (method !== 'S256') refuse('invalid_request', 'code_challenge_method must be S256.');
  if (!/^[\w-]{43}$/.test(challenge)) refuse('invalid_request', 'code_challenge is not the S256 of anything.');
  return challenge;
}

function promptsOf(text: string | undefined, refuse: Refuse): ReadonlySet<Prompt> {
  const asked = new Set((text ?? '').split(' ').filter(Boolean));
  if ([...asked].some((prompt) => !prompts.includes(prompt))) refuse('invalid_request', 'prompt has an unknown value.');
  if (asked.has('none') && asked.size > 1) refuse('invalid_request', 'prompt=none goes with nothing else.');
  return asked as ReadonlySet<Prompt>;
}

/** Classes that are not known here are no wish that could be met; of those that are, the weakest is enough. */
function asksForMultiFactor(text: string | undefined): boolean {
  const known = (text ?? '').split(' ').filter((value) => acrValues.some((acr) => acr === value));
  return known.length > 0 && !known.includes(acrValues[0]);
}

function maxAgeOf(text: string | undefined, refuse: Refuse): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : refuse('invalid_request', 'max_age is a number of seconds.');
}
