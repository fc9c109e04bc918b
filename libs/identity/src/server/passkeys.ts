import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { safeMessage, tollgateClock, tollgateLogger, type Clock, type Logger } from '@tollgate/base';
import { Database, type Transaction } from '@tollgate/database';
import { LessThan } from 'typeorm';
import { Passkey } from './passkey.entity.js';
import type { FactorOwner } from './second-factors.js';

/** Where passkeys are used, and what the browser has to repeat. */
export interface Ceremony {
  /** `https://host:port`, as browsers see the sign-in pages. */
  readonly origin: string;
  readonly challenge: Uint8Array<ArrayBuffer>;
}

/** What the browser answered: JSON of a `PublicKeyCredential` (WebAuthn Level 3 section 5.1), and the challenge in it. */
export interface CeremonyAnswer {
  readonly origin: string;
  readonly response: string;
  /** Base64url; checked before to be one of ours. */
  readonly challenge: string;
}

export interface PasskeyView {
  readonly uuid: string;
  readonly name: string;
  readonly createdAt: number;
}

/** What is kept of a passkey that was just made. */
export type MadePasskey = Pick<Passkey, 'credentialDigest' | 'credentialId' | 'publicKey' | 'counter' | 'transports'>;

const mostPerUser = 20;
/** ES256, EdDSA and RS256 (COSE): what authenticators can do today. */
const supportedAlgorithmIDs = [-7, -8, -257];

/** Passkeys of users as a second factor (WebAuthn). */
@Injectable()
export class Passkeys {
  constructor(
    private readonly db: Database,
    @Inject(tollgateClock) private readonly clock: Clock,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  async list({ organization, userName }: FactorOwner): Promise<PasskeyView[]> {
    return this.rows({ organization, userName });
  }

  /** What the browser needs to make one (`PublicKeyCredentialCreationOptionsJSON`). */
  async creation(owner: FactorOwner, { origin, challenge }: Ceremony): Promise<object> {
    const present = await this.rows(owner);
    return generateRegistrationOptions({
      rpName: 'Tollgate',
      rpID: new URL(origin).hostname,
      userName: `${owner.userName}@${owner.organization}`,
      userID: handleOf(owner),
      challenge,
      attestationType: 'none',
      supportedAlgorithmIDs,
      excludeCredentials: present.map(described),
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
    });
  }

  /** What the browser needs to use one (`PublicKeyCredentialRequestOptionsJSON`); null for a user without. */
  async request(owner: FactorOwner, { origin, challenge }: Ceremony): Promise<object | null> {
    const present = await this.rows(owner);
    if (present.length === 0) return null;
    return generateAuthenticationOptions({
      rpID: new URL(origin).hostname,
      challenge,
      allowCredentials: present.map(described),
      userVerification: 'preferred',
    });
  }

  /** The passkey that the browser has made; null when it is none, or was made elsewhere. */
  async made(answer: CeremonyAnswer): Promise<MadePasskey | null> {
    const made = await this.checked(() =>
      verifyRegistrationResponse({
        response: JSON.parse(answer.response) as never,
        ...expectedOf(answer),
        supportedAlgorithmIDs,
      }),
    );
    if (!made?.verified) return null;
    const { id, publicKey, counter, transports = [] } = made.registrationInfo.credential;
    return {
      credentialDigest: digestOf(id),
      credentialId: id,
      publicKey: Buffer.from(publicKey).toString('base64url'),
      counter,
      transports: [...transports],
    };
  }

  /** @returns false when it belongs to somebody already, or the user has as many as one may have */
  async add(tx: Transaction, owner: FactorOwner, name: string, made: MadePasskey): Promise<boolean> {
    if ((await tx.manager.countBy(Passkey, ownedBy(owner))) >= mostPerUser) return false;
    if (await tx.manager.existsBy(Passkey, { credentialDigest: made.credentialDigest })) return false;
    const row = { ...ownedBy(owner), ...made, uuid: randomUUID(), name, createdAt: this.clock.nowMs() };
    await tx.manager.insert(Passkey, row);
    return true;
  }

  /** Whether the answer is by a passkey of this user. One whose counter does not go on is a copy, and refused. */
  async verify(owner: FactorOwner, answer: CeremonyAnswer): Promise<boolean> {
    const id = readId(answer.response);
    const row =
      id === null
        ? null
        : await this.db.manager.findOneBy(Passkey, { ...ownedBy(owner), credentialDigest: digestOf(id) });
    if (!row) return false;
    const { credentialId, publicKey, counter } = row;
    const credential = { id: credentialId, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter };
    const used = await this.checked(() =>
      verifyAuthenticationResponse({
        response: JSON.parse(answer.response) as never,
        ...expectedOf(answer),
        credential,
      }),
    );
    if (!used?.verified) return false;
    const { newCounter } = used.authenticationInfo;
    const where = newCounter === 0 ? { id: row.id, counter: 0 } : { id: row.id, counter: LessThan(newCounter) };
    const taken = await this.db.manager.update(Passkey, where, { counter: newCounter, lastUsedAt: this.clock.nowMs() });
    return taken.affected === 1;
  }

  /** One that is not there is no error. */
  async remove(tx: Transaction, owner: FactorOwner, uuid: string): Promise<void> {
    await tx.manager.delete(Passkey, { ...ownedBy(owner), uuid });
  }

  private rows(owner: FactorOwner): Promise<Passkey[]> {
    return this.db.manager.find(Passkey, { where: ownedBy(owner), order: { id: 'ASC' } });
  }

  /** The library throws for whatever is not right. */
  private async checked<T>(verify: () => Promise<T>): Promise<T | null> {
    try {
      return await verify();
    } catch (error) {
      this.log.info({ event: 'identity.passkey_refused', reason: safeMessage(error) }, 'A passkey was refused');
      return null;
    }
  }
}

function ownedBy({ organization, userName }: FactorOwner): FactorOwner {
  return { organization, userName };
}

function expectedOf({ origin, challenge }: CeremonyAnswer) {
  return {
    expectedOrigin: origin,
    expectedRPID: new URL(origin).hostname,
    expectedChallenge: challenge,
    requireUserVerification: false,
  };
}

/** Says nothing about the user to who reads it (WebAuthn section 14.6.1), and is the same for all passkeys of one. */
function handleOf({ organization, userName }: FactorOwner): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    createHash('sha256')
      .update(JSON.stringify([organization, userName]))
      .digest(),
  );
}

function described({ credentialId: id, transports }: Passkey) {
  return { id, transports };
}

function digestOf(credentialId: string): string {
  return createHash('sha256').update(Buffer.from(credentialId, 'base64url')).digest('hex');
}

function readId(response: string): string | null {
  try {
    const { id } = JSON.parse(response) as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
