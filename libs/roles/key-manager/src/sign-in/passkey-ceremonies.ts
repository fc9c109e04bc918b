import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Passkeys, type FactorOwner, type MadePasskey } from '@tollgate/identity/server';
import { OAuthSettings, OneTimeIds } from '@tollgate/oauth/server';

const lifetimeMs = 300_000;
const purpose = 'passkey-challenge';
const randomLength = 16;
const timeLength = 6;

/**
 * Uses of passkeys in the pages. A challenge is one of ours, for one person and one place (an interaction, a session), for
 * five minutes, and counts once in the whole installation; nothing has to be kept until it comes back.
 */
@Injectable()
export class PasskeyCeremonies {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly settings: OAuthSettings,
    private readonly ids: OneTimeIds,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** JSON for the browser, to make a passkey. @param place what the challenge belongs to */
  async creation(owner: FactorOwner, place: string): Promise<string> {
    return JSON.stringify(await this.passkeys.creation(owner, this.begin(owner, place)));
  }

  /** JSON for the browser, to use one; null for a person without. */
  async request(owner: FactorOwner, place: string): Promise<string | null> {
    const options = await this.passkeys.request(owner, this.begin(owner, place));
    return options && JSON.stringify(options);
  }

  /** The passkey that was made; null when the answer is not right. */
  async made(owner: FactorOwner, place: string, response: string): Promise<MadePasskey | null> {
    const challenge = await this.take(owner, place, response);
    return challenge === null ? null : this.passkeys.made({ origin: this.origin, challenge, response });
  }

  async verify(owner: FactorOwner, place: string, response: string): Promise<boolean> {
    const challenge = await this.take(owner, place, response);
    return challenge !== null && this.passkeys.verify(owner, { origin: this.origin, challenge, response });
  }

  private get origin(): string {
    return new URL(this.settings.baseUrl).origin;
  }

  private begin(owner: FactorOwner, place: string) {
    const head = Buffer.alloc(randomLength + timeLength);
    randomBytes(randomLength).copy(head);
    head.writeUIntBE(this.clock.nowMs() + lifetimeMs, randomLength, timeLength);
    const challenge = new Uint8Array(Buffer.concat([head, this.seal(head, owner, place)]));
    return { origin: this.origin, challenge };
  }

  /** The challenge of an answer, when it is one of ours and comes for the first time; else null. */
  private async take(owner: FactorOwner, place: string, response: string): Promise<string | null> {
    const challenge = challengeIn(response);
    if (challenge === null) return null;
    const bytes = Buffer.from(challenge, 'base64url');
    const head = bytes.subarray(0, randomLength + timeLength);
    const seal = bytes.subarray(randomLength + timeLength);
    const wanted = head.length === randomLength + timeLength ? this.seal(head, owner, place) : Buffer.alloc(0);
    if (seal.length === 0 || seal.length !== wanted.length || !timingSafeEqual(seal, wanted)) return null;
    const expiresAtMs = head.readUIntBE(randomLength, timeLength);
    if (expiresAtMs <= this.clock.nowMs() || !(await this.ids.use(purpose, challenge, expiresAtMs))) return null;
    return challenge;
  }

  private seal(head: Buffer, { organization, userName }: FactorOwner, place: string): Buffer {
    const what = JSON.stringify([head.toString('hex'), organization, userName, place]);
    return Buffer.from(this.box.digest(what, purpose), 'hex');
  }
}

/** As the browser has signed it (WebAuthn Level 3 section 5.8.1). */
function challengeIn(response: string): string | null {
  try {
    const { response: inner } = JSON.parse(response) as { response?: { clientDataJSON?: unknown } };
    const text = Buffer.from(String(inner?.clientDataJSON), 'base64url').toString('utf8');
    const { challenge } = JSON.parse(text) as { challenge?: unknown };
    return typeof challenge === 'string' ? challenge : null;
  } catch {
    return null;
  }
}
