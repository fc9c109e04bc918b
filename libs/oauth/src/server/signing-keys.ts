import { generateKeyPair, type KeyObject, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { SigningKey } from './oauth.entities.js';

export interface PublicJwk extends Record<string, unknown> {
  readonly kid: string;
  readonly kty: string;
}

interface LoadedKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;
}

interface Loaded {
  readonly atMs: number;
  readonly signer: { readonly kid: string; readonly privateKey: KeyObject };
  readonly byKid: ReadonlyMap<string, LoadedKey>;
}

const algorithm = 'RS256';
const sealPurpose = 'signing-key';
/** Other processes on the same database may have changed the keys; this is how late we notice. */
const maxAgeMs = 10_000;
/** An unknown `kid` makes us look again, at most this often. */
const unknownKidMs = 1000;

const signed: (hash: string, data: Buffer, key: KeyObject) => Promise<Buffer> = promisify(sign);

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Keys that sign tokens. The private halves are encrypted in the database. */
@Injectable()
export class SigningKeys {
  private loaded: Loaded | null = null;

  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** Makes the first key when there is none. */
  async ensureActive(tx: Transaction): Promise<void> {
    if (!(await tx.manager.existsBy(SigningKey, { active: true }))) await this.addActive(tx);
  }

  /** A new key signs from the commit on; the former ones go on verifying. Publish the key-manager records afterwards. */
  async rotate(tx: Transaction): Promise<void> {
    await tx.manager.update(SigningKey, { active: true }, { active: false });
    await this.addActive(tx);
  }

  /**
   * A JWT (RFC 7515 compact form) signed by the active key. The signature is made off the main thread, which is free
   * meanwhile. @param typ of the header
   */
  async signJwt(typ: string, claims: object): Promise<string> {
    const { kid, privateKey } = (await this.current(maxAgeMs)).signer;
    const input = `${encoded({ alg: algorithm, typ, kid })}.${encoded(claims)}`;
    return `${input}.${(await signed('sha256', Buffer.from(input), privateKey)).toString('base64url')}`;
  }

  /** The key that verifies tokens with this `kid`; null when there is none. */
  async verifier(kid: string): Promise<KeyObject | null> {
    const known = (await this.current(maxAgeMs)).byKid.get(kid);
    return (known ?? (await this.current(unknownKidMs)).byKid.get(kid))?.publicKey ?? null;
  }

  /** Every public key, for JWKS documents and gateways. */
  async publicJwks(ctx?: RequestContext): Promise<PublicJwk[]> {
    const manager = ctx ? managerOf(this.db, ctx) : this.db.manager;
    return (await manager.find(SigningKey, { order: { id: 'ASC' } })).map((row) => row.publicJwk as PublicJwk);
  }

  private async addActive(tx: Transaction): Promise<void> {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    const bare = await exportJWK(publicKey);
    const kid = `${await calculateJwkThumbprint(bare)}_${algorithm}`;
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    await tx.manager.insert(SigningKey, {
      kid,
      algorithm,
      privateKeySealed: this.box.seal(pem, sealPurpose),
      publicJwk: { ...bare, kid, use: 'sig', alg: algorithm } as never,
      active: true,
      createdAt: this.clock.nowMs(),
    });
    tx.afterCommit(() => void (this.loaded = null));
  }

  private async current(ageMs: number): Promise<Loaded> {
    const nowMs = this.clock.nowMs();
    if (this.loaded && nowMs - this.loaded.atMs < ageMs) return this.loaded;
    const rows = await this.db.manager.find(SigningKey, { order: { id: 'ASC' } });
    const active = rows.findLast((row) => row.active);
    if (!active) throw new Error('There is no signing key: the database was not seeded');
    const known = this.loaded?.byKid;
    const keys = rows.map((row): LoadedKey => {
      const jwk = row.publicJwk as PublicJwk;
      return known?.get(row.kid) ?? { kid: row.kid, jwk, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) };
    });
    const former = this.loaded?.signer;
    const signer =
      former?.kid === active.kid
        ? former
        : { kid: active.kid, privateKey: createPrivateKey(this.box.open(active.privateKeySealed, sealPurpose)) };
    this.loaded = { atMs: nowMs, signer, byKid: new Map(keys.map((key) => [key.kid, key])) };
    return this.loaded;
  }
}
