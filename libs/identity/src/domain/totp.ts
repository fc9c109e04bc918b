import { createHmac } from 'node:crypto';

/** What authenticator apps take without being told (RFC 6238 section 4, RFC 4226 section 5.3): SHA-1, 30 s, 6 digits. */
const stepSeconds = 30;
const digits = 6;
/** Clocks of phones differ, and people need time to type: one step before and one after (RFC 6238 section 5.2). */
const driftSteps = 1;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 section 6, without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Number of the time step that a moment lies in. */
export function totpStep(nowMs: number): number {
  return Math.floor(nowMs / 1000 / stepSeconds);
}

/** The code of one step (RFC 4226 section 5.3). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits).padStart(digits, '0');
}

/**
 * The step whose code this is, within the drift; null for a code of none.
 * @param after only later steps count: a code is good for one use (RFC 6238 section 5.2)
 */
export function matchingTotpStep(secret: Uint8Array, code: string, nowMs: number, after: number): number | null {
  const now = totpStep(nowMs);
  for (let step = now - driftSteps; step <= now + driftSteps; step++)
    if (step > after && totpCode(secret, step) === code) return step;
  return null;
}

/** What authenticator apps read from the QR code. */
export function otpauthUri(secret: Uint8Array, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const parameters = {
    secret: base32(secret),
    issuer,
    algorithm: 'SHA1',
    digits: String(digits),
    period: String(stepSeconds),
  };
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `otpauth://totp/${label}?${query.join('&')}`;
}
