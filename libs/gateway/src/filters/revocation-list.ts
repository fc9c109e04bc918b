import type { RevocationRecord } from '@tollgate/oauth/contract';

/** What is known about a token for asking whether it was revoked. */
export interface RevocableToken {
  readonly jti: string;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAtMs: number;
  /** A user granted it; false for tokens of applications and for keys. */
  readonly isUserToken: boolean;
  readonly consumerKey: string;
  /** `user@tenant`. */
  readonly user: string;
  readonly applicationUuid: string;
}

/** Revocations in force, asked on every use of a token. */
export class RevocationList {
  readonly #byType: Record<RevocationRecord['type'], Map<string, RevocationRecord>> = {
    jti: new Map(),
    consumerKey: new Map(),
    user: new Map(),
    userGrant: new Map(),
    application: new Map(),
  };

  put(record: RevocationRecord): void {
    this.#byType[record.type].set(record.value, record);
  }

  /** @param id `{type}:{value}` */
  remove(id: string): void {
    const colon = id.indexOf(':');
    const type = id.slice(0, colon);
    if (Object.hasOwn(this.#byType, type)) this.#byType[type as RevocationRecord['type']].delete(id.slice(colon + 1));
  }

  isRevoked(token: RevocableToken): boolean {
    if (this.#byType.jti.has(token.jti)) return true;
    return (
      isBefore(token, this.#byType.consumerKey.get(token.consumerKey)) ||
      isBefore(token, this.#byType.user.get(token.user)) ||
      (token.isUserToken && isBefore(token, this.#byType.userGrant.get(token.user))) ||
      isBefore(token, this.#byType.application.get(token.applicationUuid))
    );
  }

  /** For tokens that lead to their application by a record: asked again once it is known. */
  isApplicationRevoked(applicationUuid: string, issuedAtMs: number): boolean {
    return isBefore({ issuedAtMs }, this.#byType.application.get(applicationUuid));
  }

  /** Forgets what no living token can be affected by. */
  sweep(nowMs: number): void {
    for (const records of Object.values(this.#byType)) {
      for (const [value, record] of records) if (record.expiresAtMs <= nowMs) records.delete(value);
    }
  }
}

/** A token of the same moment counts as older: in doubt it is revoked. See `issuedAtMs` for what a moment is. */
function isBefore(token: { readonly issuedAtMs: number }, record: RevocationRecord | undefined): boolean {
  return record !== undefined && token.issuedAtMs <= record.revokedAtMs;
}
