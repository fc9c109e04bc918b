import { superOrganization } from '@tollgate/base';
import type { ClientView } from '@tollgate/oauth/server';
import type { AuthorizationRequest } from '../authorize/authorization-request.js';
import { PageError } from '../pages/error-page.js';

/** Pages of a person's own account, by the names under which interactions remember them. */
export const accountPages = {
  sessions: '/oauth2/account',
  password: '/oauth2/account/password',
  factors: '/oauth2/account/factors',
} as const;

export type AccountPage = keyof typeof accountPages;

/** Address of a page for the organization of the path. */
export function accountPath(page: AccountPage, tenant: string | null): string {
  return `${tenant === null ? '' : `/t/${tenant}`}${accountPages[page]}`;
}

/** These pages are the key manager itself: no row, no secret, no grant. */
const accountClient: ClientView = {
  id: 0,
  uuid: '',
  organization: superOrganization,
  rowVersion: 1,
  createdAt: 0,
  updatedAt: 0,
  consumerKey: '',
  name: 'Tollgate',
  grantTypes: [],
  callbackUrls: [],
  owner: '',
  keyType: null,
  applicationUuid: null,
  accessTokenLifetimeSeconds: 0,
  refreshTokenLifetimeSeconds: 0,
  tokenAlgorithm: null,
  opaqueTokens: false,
  audiences: null,
  customClaims: null,
  tokensExpireAt: 0,
  saas: true,
  authMethod: 'none',
  firstParty: true,
  jwks: null,
  certificateName: null,
  bindsToCertificate: false,
  postLogoutUris: null,
};

/**
 * What an account page asks of a person, to be signed in, in the form of an authorization request.
 * @throws PageError for a page that does not exist
 */
export function accountRequest(page: string, tenant: string | null): AuthorizationRequest {
  if (!Object.hasOwn(accountPages, page)) throw new PageError('error.not-found', 'There is no such account page.', 404);
  return {
    client: accountClient,
    accountPath: accountPath(page as AccountPage, tenant),
    tenant,
    scopes: [],
    prompts: new Set(),
    redirectUri: '',
    redirectNamed: false,
    responseMode: 'query',
    state: undefined,
    codeChallenge: null,
    resources: [],
    nonce: undefined,
    dpopJkt: undefined,
    maxAgeSeconds: undefined,
    needsMultiFactor: false,
    loginHint: undefined,
    uiLocales: undefined,
  };
}
