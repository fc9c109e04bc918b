import type { Refusal } from '../pipeline/verdict.js';

/**
 * The refusals of the filters with the field's codes (9xxxxx). Those that say nothing about the request are made once.
 * The `WWW-Authenticate` challenge follows RFC 6750 section 3: no `error` when no credential was sent.
 */
const realm = 'Bearer realm="Tollgate"';

export const missingCredentials: Refusal = {
  kind: 'security',
  status: 401,
  code: '900902',
  message: 'Missing Credentials',
  description: 'Send a credential that this API accepts: an access token or an API key in the header it names.',
  headers: ['WWW-Authenticate', realm],
};

/** One answer for every bad token: which check failed is told to the operators only. */
export const invalidCredentials: Refusal = {
  kind: 'security',
  status: 401,
  code: '900901',
  message: 'Invalid Credentials',
  description: 'The credential is malformed, expired, revoked or not meant for this API. Get a new one and try again.',
  headers: ['WWW-Authenticate', `${realm}, error="invalid_token", error_description="Get a new token"`],
};

const proofChallenge = 'DPoP realm="Tollgate", algs="ES256 RS256 PS256 EdDSA"';

/** A token that is bound to a key came without a right proof of it (RFC 9449 section 7.1). */
export const invalidProof: Refusal = {
  ...invalidCredentials,
  description:
    'This token is bound to a key: send it as "Authorization: DPoP", each time with a new proof in the DPoP header made for this method, address and token.',
  headers: ['WWW-Authenticate', `${proofChallenge}, error="invalid_dpop_proof"`],
};

/** Nobody can say whether a proof was shown at another gateway: it is not believed. */
export const proofUncheckable: Refusal = {
  ...invalidProof,
  status: 503,
  code: '900900',
  message: 'Unclassified Authentication Failure',
  description: 'Whether this proof is new cannot be told now. Make a new one and try again shortly.',
  headers: ['Retry-After', '1'],
};

/** The key manager, which alone knows what an opaque token stands for, cannot be asked: it is not believed. */
export const tokenUncheckable: Refusal = {
  ...invalidCredentials,
  status: 503,
  code: '900900',
  message: 'Unclassified Authentication Failure',
  description: 'Whether this token is valid cannot be told now. Try again shortly.',
  headers: ['Retry-After', '1'],
};

/** The API asks for a certificate of the caller, and none that it knows was shown. */
export const certificateRefused: Refusal = {
  kind: 'security',
  status: 401,
  code: '900911',
  message: 'Mutual SSL validation failed',
  description: 'This API takes calls only with a client certificate that its publisher has added, over https.',
};

export const severalCredentials: Refusal = {
  kind: 'security',
  status: 400,
  code: '900901',
  message: 'Invalid Credentials',
  description: 'The request carries one credential header more than once. Send it once.',
  headers: ['WWW-Authenticate', `${realm}, error="invalid_request"`],
};

export const wrongTokenKind: Refusal = {
  kind: 'security',
  status: 401,
  code: '900905',
  message: 'Incorrect Access Token Type is provided',
  description: 'This operation asks for the other kind of token: of an application, or of a user.',
  headers: ['WWW-Authenticate', `${realm}, error="invalid_token"`],
};

/** Something in the check itself broke: nobody passes. */
export const authenticationFailed: Refusal = {
  kind: 'security',
  status: 500,
  code: '900900',
  message: 'Unclassified Authentication Failure',
  description:
    'The credential could not be checked. Try again; if it stays so, tell the operators the time of this request.',
};

export const subscriptionBlocked: Refusal = {
  kind: 'security',
  status: 401,
  code: '900907',
  message: 'The requested API is temporarily blocked',
  description: "The application's subscription to this API is blocked. Ask the API's publisher.",
};

export const notSubscribed: Refusal = {
  kind: 'security',
  status: 403,
  code: '900908',
  message: 'Resource forbidden',
  description: 'The application is not subscribed to this API. Subscribe in the developer portal.',
};

export const subscriptionPending: Refusal = {
  kind: 'security',
  status: 401,
  code: '900909',
  message: 'The subscription to the API is inactive',
  description: 'The subscription waits for approval or was turned down. See it in the developer portal.',
};

export const callerNotPermitted: Refusal = {
  kind: 'security',
  status: 403,
  code: '900908',
  message: 'Resource forbidden',
  description: 'This API key may not be used from this address or page.',
};

export const notPublished: Refusal = {
  kind: 'security',
  status: 403,
  code: '900908',
  message: 'Resource forbidden',
  description: 'This API is not published yet: only a test key of its publisher opens it, sent as Internal-Key.',
};

export const endpointMissing: Refusal = {
  kind: 'security',
  status: 403,
  code: '900901',
  message: 'Invalid Credentials',
  description:
    'This API has no back end for the type of this key (production or sandbox). Use a key of the other type.',
};

/** All endpoints are suspended, or found unwell by health checks. */
export const endpointsOut: Refusal = {
  kind: 'status',
  status: 503,
  code: '303001',
  message: 'Runtime Error',
  description: 'The back end is suspended because it failed. Try again shortly.',
  headers: ['Retry-After', '1'],
};

export const apiBlocked: Refusal = {
  kind: 'status',
  status: 503,
  code: '700700',
  message: 'API blocked',
  description: 'This API has been blocked temporarily. Please try again later or contact the system administrators.',
};

export const sandboxKeyAtProduction: Refusal = {
  ...endpointMissing,
  status: 401,
  description: 'Sandbox Key Provided for Production Gateway',
};

export const productionKeyAtSandbox: Refusal = {
  ...endpointMissing,
  status: 401,
  description: 'Production Key Provided for Sandbox Gateway',
};

/** 403 with the scopes that would do (RFC 6750 section 3.1). */
export function scopeMissing(scopes: readonly string[]): Refusal {
  const challenge = `${realm}, error="insufficient_scope", scope="${scopes.join(' ').replaceAll(/[^\x20-\x7e]|["\\]/g, '')}"`;
  return {
    kind: 'security',
    status: 403,
    code: '900910',
    message: 'The access token does not allow you to access the requested resource',
    description: `The token needs one of these scopes: ${scopes.join(' ')}`,
    headers: ['WWW-Authenticate', challenge],
  };
}
