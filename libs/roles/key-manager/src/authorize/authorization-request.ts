import type { ClientView } from '@tollgate/oauth/server';

export type ResponseMode = 'query' | 'form_post';

/** Where the answer goes; known before anything else is looked at, and checked. */
export interface AuthorizationTarget {
  readonly client: ClientView;
  readonly redirectUri: string;
  /** The request named it. */
  readonly redirectNamed: boolean;
  readonly responseMode: ResponseMode;
  readonly state: string | undefined;
  /** Organization of the path; null for `/oauth2`. */
  readonly tenant: string | null;
}

export type Prompt = 'none' | 'login' | 'consent' | 'select_account';

/** A checked authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1). */
export interface AuthorizationRequest extends AuthorizationTarget {
  /** A device asks, and gets its tokens by polling: there is no redirect, and `redirectUri` is empty. */
  readonly device?: { readonly uuid: string };
  /** A page of the person's own account asks, and the person is led there: `redirectUri` is empty. */
  readonly accountPath?: string;
  /** As asked, each once. */
  readonly scopes: readonly string[];
  /** S256; null when a confidential client sent none. */
  readonly codeChallenge: string | null;
  readonly nonce: string | undefined;
  /** RFC 8707; empty: none was named. */
  readonly resources: readonly string[];
  /** `dpop_jkt` (RFC 9449 section 10). */
  readonly dpopJkt: string | undefined;
  readonly prompts: ReadonlySet<Prompt>;
  readonly maxAgeSeconds: number | undefined;
  /** More than a password, by `acr_values` (OpenID Connect Core section 3.1.2.1). */
  readonly needsMultiFactor: boolean;
  readonly loginHint: string | undefined;
  readonly uiLocales: string | undefined;
}

/** Errors of RFC 6749 section 4.1.2.1 and OpenID Connect Core section 3.1.2.6. */
export type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'login_required'
  | 'consent_required'
  | 'request_not_supported'
  | 'request_uri_not_supported';

/** An error that goes to the client, at its checked address. */
export class AuthorizationRefusal extends Error {
  constructor(
    readonly target: AuthorizationTarget,
    readonly code: AuthorizationErrorCode,
    readonly description: string,
  ) {
    super(description);
    this.name = 'AuthorizationRefusal';
  }
}
