import { constants, verify } from 'node:crypto';
import { parseStrictJson } from '@tollgate/base';
import type { PublicKey, TokenAlgorithm } from './token-algorithm.js';

/** A token taken apart; nothing in it is proven. */
export interface ParsedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signingInput: string;
  readonly signature: Buffer;
}

/** Header parameters that ask for another reading of the token than a plain JWS has. */
const otherForms = ['crit', 'b64', 'zip', 'enc'];

/** Longest token that is looked at, in characters. */
const maxTokenLength = 8 * 1024;

/**
 * Takes a compact JWS apart as RFC 7515 writes it, with canonical base64url and strict JSON; `null` for anything else:
 * encrypted tokens, detached payloads, critical headers, repeated names.
 */
export function parseJwt(token: string): ParsedJwt | null {
  if (token.length > maxTokenLength) return null;
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  const [headerBytes, claimBytes, signature] = parts.map(decodeBase64Url);
  if (!headerBytes || !claimBytes || !signature) return null;
  const header = parseObject(headerBytes);
  const claims = parseObject(claimBytes);
  if (header === null || claims === null || otherForms.some((name) => Object.hasOwn(header, name))) return null;
  return { header, claims, signingInput: token.slice(0, token.lastIndexOf('.')), signature };
}

/** Whether `key` made the signature. The header has to name the key's own algorithm, exactly. */
export function isSignedBy(jwt: ParsedJwt, key: PublicKey): boolean {
  if (jwt.header['alg'] !== key.algorithm) return false;
  const input = Buffer.from(jwt.signingInput);
  // IEEE P1363 is the form of RFC 7518 for ECDSA signatures; it changes nothing for the others.
  const how = { key: key.key, dsaEncoding: 'ieee-p1363' as const, ...(key.algorithm === 'PS256' ? pss : {}) };
  return verify(digestOf[key.algorithm], input, how, jwt.signature);
}

const digestOf: Record<TokenAlgorithm, string | null> = {
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  PS256: 'sha256',
  ES256: 'sha256',
  ES384: 'sha384',
  EdDSA: null,
};
/** RFC 7518 section 3.5. */
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

function decodeBase64Url(text: string): Buffer | null {
  if (text === '') return null;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

function parseObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value = parseStrictJson(utf8.decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null; // malformed: the caller refuses
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Own text claim that is not empty, else `null`. */
export function textClaim(claims: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Own time claim in milliseconds; `null` when it is missing or no sensible number of seconds. */
export function timeClaim(claims: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 8.64e12 ? value * 1000 : null;
}
