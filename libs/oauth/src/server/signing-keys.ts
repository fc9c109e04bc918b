import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, type RequestContext } from '@tollgate/database';
import { LessThan } from 'typeorm';
import { importPublicJwk, type PublicKey, type SigningAlgorithm } from '../domain/index.js';
import { OAuthSettings } from './oauth-settings.js';
import { SigningKey } from './oauth.entities.js';

export interface PublicJwk extends Record<string, unknown> {
  readonly kid: string;
  readonly kty: string;
}

interface Signer {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly privateKey: KeyObject;
  readonly signsFrom: number;
  /** As the database has it; raised before a token that lives longer is signed. */
  lastExpiresAt: number;
}

interface Loaded {
  readonly atMs: number;
  readonly signers: readonly Signer[];
  readonly byKid: ReadonlyMap<string, PublicKey>;
}

export const signingKeyPurpose = 'signing-key';
/** Other processes on the same database may have changed the keys; this is how late we notice. */
export const keysMaxAgeMs = 10_000;
/** An unknown `kid` makes us look again, at most this often. */
const unknownKidMs = 1000;
/** The mark of a key's last token is raised by this much more than needed, so that it is written about once a day. */
const markStepMs = 86_400_000;

const signedAside: (hash: string, data: Buffer, key: KeyObject) => Promise<Buffer> = promisify(sign);

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** Keys that sign and verify tokens. The private halves are encrypted in the database; see `SigningKeyRotation`. */
@Injectable()
export class SigningKeys {
  private loaded: Loaded | null = null;

  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly settings: OAuthSettings,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** The keys were changed by this process. */
  forget(): void {
    this.loaded = null;
  }

  /**
   * A JWT (RFC 7515 compact form) signed by the key in force.
   * @param typ of the header
   * @param algorithm default: that of the installation
   */
  async signJwt(
    typ: string,
    claims: { readonly exp: number; readonly [name: string]: unknown },
    algorithm = this.settings.algorithm,
  ): Promise<string> {
    const signer = await this.signer(algorithm);
    if (claims.exp * 1000 > signer.lastExpiresAt) await this.raiseMark(signer, claims.exp * 1000 + markStepMs);
    const input = `${encoded({ alg: algorithm, typ, kid: signer.kid })}.${encoded(claims)}`;
    return `${input}.${(await signatureOf(Buffer.from(input), signer)).toString('base64url')}`;
  }

  /** The key that verifies tokens with this `kid`; null when there is none. */
  async verifier(kid: string): Promise<PublicKey | null> {
    const known = (await this.current(keysMaxAgeMs)).byKid.get(kid);
    return known ?? (await this.current(unknownKidMs)).byKid.get(kid) ?? null;
  }

  /** Every public key, for JWKS documents and gateways; also of keys that are yet to sign. */
  async publicJwks(ctx?: RequestContext): Promise<PublicJwk[]> {
    const manager = ctx ? managerOf(this.db, ctx) : this.db.manager;
    return (await manager.find(SigningKey, { order: { id: 'ASC' } })).map((row) => row.publicJwk as PublicJwk);
  }

  /** Of the keys whose time has come, the newest: every process changes over by the clock, without a word. */
  private async signer(algorithm: SigningAlgorithm): Promise<Signer> {
    const { signers } = await this.current(keysMaxAgeMs);
    const nowMs = this.clock.nowMs();
    const found = signers.findLast((each) => each.algorithm === algorithm && each.signsFrom <= nowMs);
    if (!found) throw new Error(`There is no ${algorithm} signing key: the database was not seeded`);
    return found;
  }

  /** Told to the database first: the key is kept until then. */
  private async raiseMark(signer: Signer, lastExpiresAt: number): Promise<void> {
    const { kid } = signer;
    await this.db.manager.update(SigningKey, { kid, lastExpiresAt: LessThan(lastExpiresAt) }, { lastExpiresAt });
    signer.lastExpiresAt = Math.max(signer.lastExpiresAt, lastExpiresAt);
  }

  private async current(ageMs: number): Promise<Loaded> {
    const nowMs = this.clock.nowMs();
    if (this.loaded && nowMs - this.loaded.atMs < ageMs) return this.loaded;
    const former = this.loaded;
    const rows = await this.db.manager.find(SigningKey, { order: { signsFrom: 'ASC', id: 'ASC' } });
    const signers = rows.map((row) => this.signerOf(row, former));
    const byKid = new Map(rows.map((row) => [row.kid, former?.byKid.get(row.kid) ?? publicKeyOf(row)]));
    this.loaded = { atMs: nowMs, signers, byKid };
    return this.loaded;
  }

  private signerOf(row: SigningKey, former: Loaded | null): Signer {
    const { kid, algorithm, signsFrom, lastExpiresAt } = row;
    const privateKey =
      former?.signers.find((each) => each.kid === kid)?.privateKey ??
      createPrivateKey(this.box.open(row.privateKeySealed, signingKeyPurpose));
    return { kid, algorithm, privateKey, signsFrom, lastExpiresAt };
  }
}

function publicKeyOf(row: SigningKey): PublicKey {
  const key = importPublicJwk(row.publicJwk);
  if (!key) throw new Error(`The signing key ${row.kid} cannot be read`);
  return key;
}

/** RSA takes a quarter of a millisecond and is made off the main thread; the others take less than the way there. */
async function signatureOf(input: Buffer, { algorithm, privateKey }: Signer): Promise<Buffer> {
  if (algorithm === 'RS256') return signedAside('sha256', input, privateKey);
  if (algorithm === 'EdDSA') return sign(null, input, privateKey);
  return sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
}
