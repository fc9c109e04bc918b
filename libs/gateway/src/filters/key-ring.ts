import { createPublicKey, type KeyObject } from 'node:crypto';
import type { KeyManagerRecord } from '@tollgate/oauth/contract';

/** Signature algorithms the gateway takes, each bound to one kind of key. Anything else is refused. */
export type TokenAlgorithm = 'RS256' | 'ES256' | 'EdDSA';

/** A public key of a key manager. The algorithm comes from the key, never from a token. */
export interface VerificationKey {
  readonly kid: string;
  readonly algorithm: TokenAlgorithm;
  readonly key: KeyObject;
  readonly manager: TrustedManager;
  /** false once the key was rotated out or its key manager changed, was switched off or removed: tokens it vouched for end with it. */
  isLive: boolean;
}

export interface TrustedManager {
  readonly record: KeyManagerRecord;
  readonly keys: ReadonlyMap<string, VerificationKey>;
}

/** Whose tokens this gateway takes. Keys come from records only: no header of a token ever leads to one. */
export class KeyRing {
  readonly #byOrganization = new Map<string, Map<string, TrustedManager>>();
  /** Keys in records that this gateway cannot use, by key manager: for the log. */
  put(record: KeyManagerRecord): { readonly unusable: readonly string[] } {
    const ofOrganization = this.#byOrganization.get(record.organization) ?? new Map<string, TrustedManager>();
    this.#byOrganization.set(record.organization, ofOrganization);
    const old = ofOrganization.get(record.name);
    if (old && JSON.stringify(old.record) === JSON.stringify(record)) return { unusable: [] };
    retire(old);
    const { manager, unusable } = trust(record);
    ofOrganization.set(record.name, manager);
    return { unusable };
  }

  remove(organization: string, name: string): void {
    const ofOrganization = this.#byOrganization.get(organization);
    retire(ofOrganization?.get(name));
    ofOrganization?.delete(name);
  }

  /** The enabled key manager of an organization with that name. */
  byName(organization: string, name: string): TrustedManager | null {
    const manager = this.#byOrganization.get(organization)?.get(name);
    return manager?.record.enabled ? manager : null;
  }

  /** The enabled key managers of an organization that issue under that name, as an opaque string. */
  byIssuer(organization: string, issuer: string): TrustedManager[] {
    const found: TrustedManager[] = [];
    for (const manager of this.#byOrganization.get(organization)?.values() ?? []) {
      if (manager.record.enabled && manager.record.issuer === issuer) found.push(manager);
    }
    return found;
  }
}

function retire(manager: TrustedManager | undefined): void {
  for (const key of manager?.keys.values() ?? []) key.isLive = false;
}

function trust(record: KeyManagerRecord): { manager: TrustedManager; unusable: string[] } {
  const keys = new Map<string, VerificationKey>();
  const unusable: string[] = [];
  const manager: TrustedManager = { record, keys };
  for (const jwk of record.jwks.keys) {
    const imported = importKey(jwk);
    if (imported === null) unusable.push(jwk.kid);
    else keys.set(jwk.kid, { kid: jwk.kid, ...imported, manager, isLive: record.enabled });
  }
  return { manager, unusable };
}

function importKey(jwk: Record<string, unknown>): { algorithm: TokenAlgorithm; key: KeyObject } | null {
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return null;
  let key: KeyObject;
  try {
    // Only the public members: a private key in a record must not become usable here.
    const { kty, n, e, crv, x, y } = jwk;
    key = createPublicKey({ key: { kty, n, e, crv, x, y } as Record<string, string>, format: 'jwk' });
  } catch {
    return null; // reported by the caller as unusable
  }
  const algorithm = algorithmOf(key);
  return algorithm !== null && (jwk['alg'] === undefined || jwk['alg'] === algorithm) ? { algorithm, key } : null;
}

function algorithmOf(key: KeyObject): TokenAlgorithm | null {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') return (details?.modulusLength ?? 0) >= 2048 ? 'RS256' : null;
  if (key.asymmetricKeyType === 'ec') return details?.namedCurve === 'prime256v1' ? 'ES256' : null;
  return key.asymmetricKeyType === 'ed25519' ? 'EdDSA' : null;
}
