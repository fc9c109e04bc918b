/** How a person signed in, as the tokens of the grant say it (OpenID Connect Core section 2). */
export interface SignInFacts {
  /** `auth_time`, in seconds. */
  readonly authTimeSeconds: number;
  /** `amr` (RFC 8176): `pwd`, `otp`, `hwk`, … in the order passed. */
  readonly amr: readonly string[];
  /** The sign-in session; its end ends the grant. */
  readonly sessionUuid: string;
}

/** What an authorization hands on to every token of its grant. */
export interface GrantContext {
  readonly signIn?: SignInFacts;
  /** Echoed in the first ID token. */
  readonly nonce?: string;
  /** Thumbprint of the key that the client has to prove with each token request (RFC 9449 sections 5 and 10). */
  readonly jkt?: string;
  /** SHA-256 of the certificate that a public client has to show with each token request (RFC 8705 section 4). */
  readonly certificate?: string;
  /** What its access tokens are limited to (RFC 8707); absent: nothing was asked. */
  readonly resources?: readonly string[];
  /** Organization under whose issuer the client asked. */
  readonly issuerOrganization: string;
}

/** One factor, or several kinds of factors. */
export const acrValues = ['urn:tollgate:acr:single-factor', 'urn:tollgate:acr:multi-factor'] as const;

/** `acr` of a sign-in: a password and something else are two factors. */
export function acrOf(amr: readonly string[]): (typeof acrValues)[number] {
  return new Set(amr.filter((method) => method !== 'mfa')).size > 1 ? acrValues[1] : acrValues[0];
}
