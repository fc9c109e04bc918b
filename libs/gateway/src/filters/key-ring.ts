import type { KeyManagerRecord } from '@tollgate/oauth/contract';
import { importPublicJwk, type PublicKey } from '@tollgate/oauth/domain';

/** A public key of a key manager. The algorithm comes from the key, never from a token. */
export interface VerificationKey extends PublicKey {
  readonly kid: string;
  /** Tried for tokens whose `kid` names no other key. */
  readonly isUnnamed: boolean;
  /** As it is now: a record that changes other keys leaves this one in force. */
  manager: TrustedManager;
  /** false once the key was rotated out or its key manager changed or was removed: tokens it vouched for end with it. */
  isLive: boolean;
}

export interface TrustedManager {
  readonly record: KeyManagerRecord;
  readonly keys: ReadonlyMap<string, VerificationKey>;
}

/** Whose tokens this gateway takes. Keys come from records only: no header of a token ever leads to one. */
export class KeyRing {
  readonly #byOrganization = new Map<string, Map<string, TrustedManager>>();

  /** @returns ids of the keys in the record that this gateway cannot use, for the log */
  put(record: KeyManagerRecord): { readonly unusable: readonly string[] } {
    const ofOrganization = this.#byOrganization.get(record.organization) ?? new Map<string, TrustedManager>();
    this.#byOrganization.set(record.organization, ofOrganization);
    const old = ofOrganization.get(record.name);
    if (old && isEqual(old.record, record)) return { unusable: [] };
    const { manager, unusable } = trust(record, old);
    ofOrganization.set(record.name, manager);
    for (const [kid, key] of old?.keys ?? []) if (manager.keys.get(kid) !== key) key.isLive = false;
    return { unusable };
  }

  remove(organization: string, name: string): void {
    const ofOrganization = this.#byOrganization.get(organization);
    for (const key of ofOrganization?.get(name)?.keys.values() ?? []) key.isLive = false;
    ofOrganization?.delete(name);
  }

  /** The key manager of an organization with that name, also one that is switched off: that ends its access tokens only. */
  byName(organization: string, name: string): TrustedManager | null {
    return this.#byOrganization.get(organization)?.get(name) ?? null;
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

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A key that stays as it was, in a record that differs in its keys only, goes on with the tokens it vouched for. */
function trust(record: KeyManagerRecord, old?: TrustedManager): { manager: TrustedManager; unusable: string[] } {
  const keys = new Map<string, VerificationKey>();
  const unusable: string[] = [];
  const manager: TrustedManager = { record, keys };
  const isRotation = old !== undefined && isEqual({ ...old.record, jwks: null }, { ...record, jwks: null });
  const former = new Map(isRotation ? old.record.jwks.keys.map((jwk) => [jwk.kid, JSON.stringify(jwk)]) : []);
  for (const jwk of record.jwks.keys) {
    const kept = former.get(jwk.kid) === JSON.stringify(jwk) ? old?.keys.get(jwk.kid) : undefined;
    const imported = kept ?? importPublicJwk(jwk);
    if (imported === null) unusable.push(jwk.kid);
    else if (kept) keys.set(jwk.kid, Object.assign(kept, { manager }));
    else keys.set(jwk.kid, { kid: jwk.kid, ...imported, isUnnamed: jwk.isUnnamed === true, manager, isLive: true });
  }
  return { manager, unusable };
}
