import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';

const b64 = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();

/** Answers that differ from the right one. */
export interface Twist {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  /** Nobody touched it. */
  readonly absent?: boolean;
  readonly forged?: boolean;
}

/** A security key in software: makes one passkey and signs with it (WebAuthn Level 3 section 6). */
export class SoftwareAuthenticator {
  readonly id = randomBytes(32);
  counter = 0;
  private readonly keys: { publicKey: KeyObject; privateKey: KeyObject };

  constructor(private readonly origin: string) {
    this.keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  }

  /** Answers options as a page shows them. */
  create(options: string, twist: Twist = {}): string {
    const clientDataJSON = this.clientData('webauthn.create', options, twist);
    const { x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' });
    const cose = map([
      [int(1), int(2)],
      [int(3), int(-7)],
      [int(-1), int(1)],
      [int(-2), bytes(Buffer.from(x, 'base64url'))],
      [int(-3), bytes(Buffer.from(y, 'base64url'))],
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.id, cose]);
    const attestationObject = map([
      [text('fmt'), text('none')],
      [text('attStmt'), map([])],
      [text('authData'), bytes(Buffer.concat([this.authenticatorData(twist, 0x40), credential]))],
    ]);
    return this.answer({ clientDataJSON: b64(clientDataJSON), attestationObject: b64(attestationObject) });
  }

  get(options: string, twist: Twist = {}): string {
    this.counter++;
    const clientDataJSON = this.clientData('webauthn.get', options, twist);
    const authenticatorData = this.authenticatorData(twist, 0);
    const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)]);
    const signature = createSign('sha256').update(signed).sign(this.keys.privateKey);
    if (twist.forged) signature.writeUInt8((signature.at(-1) ?? 0) ^ 1, signature.length - 1);
    return this.answer({
      clientDataJSON: b64(clientDataJSON),
      authenticatorData: b64(authenticatorData),
      signature: b64(signature),
    });
  }

  private clientData(type: string, options: string, twist: Twist): string {
    const { challenge } = JSON.parse(options) as { challenge: string };
    return JSON.stringify({ type: twist.type ?? type, challenge, origin: twist.origin ?? this.origin });
  }

  private authenticatorData({ rpId, absent }: Twist, more: number): Buffer {
    const head = Buffer.alloc(37);
    sha256(rpId ?? new URL(this.origin).hostname).copy(head);
    head.writeUInt8((absent ? 0 : 1) | more, 32);
    head.writeUInt32BE(this.counter, 33);
    return head;
  }

  private answer(response: object): string {
    const id = b64(this.id);
    return JSON.stringify({ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response });
  }
}

/** CBOR (RFC 8949), as far as a passkey needs it. */
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}
const int = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value));
const bytes = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value]);
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)]);
const map = (entries: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([head(5, entries.length), ...entries.flat()]);
