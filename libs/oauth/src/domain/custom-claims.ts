import { managementAudience } from './audience.js';

/** Claims that the key manager decides about (RFC 7519, RFC 9068, RFC 7800) and those that gateways read. */
const reserved: ReadonlySet<string> = new Set(
  'iss sub aud exp nbf iat iat_ms jti azp client_id scope aut keytype organization cnf act may_act token_type auth_time acr amr nonce at_hash c_hash sid typ username active entity_id entity_type key_manager'.split(
    ' ',
  ),
);
const maxBytes = 2048;

/** Why these may not be added to access tokens; empty when they may. */
export function customClaimProblems(claims: Readonly<Record<string, unknown>>): string[] {
  const problems = Object.keys(claims)
    .filter((name) => reserved.has(name) || !/^[\x21-\x7e]{1,100}$/.test(name) || name === '__proto__')
    .map((name) => `The claim "${name.slice(0, 100)}" is decided by the key manager or is no claim name; use another.`);
  const bytes = Buffer.byteLength(JSON.stringify(claims));
  return bytes > maxBytes ? [...problems, `Custom claims take ${bytes} bytes; at most ${maxBytes} travel.`] : problems;
}

/** Why this may not be an audience of an application's tokens, else null. */
export function reservedAudienceProblem(audience: string): string | null {
  if (audience === managementAudience) return 'This audience opens the management surfaces; use another.';
  return /^[\x21-\x7e]{1,255}$/.test(audience) ? null : 'An audience is 1 to 255 visible ASCII characters.';
}
