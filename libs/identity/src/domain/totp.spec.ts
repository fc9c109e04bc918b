import { describe, expect, it } from 'vitest';
import { base32, matchingTotpStep, otpauthUri, totpCode, totpStep } from './totp.js';

const secret = Buffer.from('12345678901234567890', 'ascii');

describe('TOTP', () => {
  // RFC 6238 appendix B, SHA-1; the table has eight digits, of which six are the last ones.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %i s is %s', (seconds, code) => {
    expect(totpCode(secret, totpStep(seconds * 1000))).toBe(code);
  });

  it('is taken one step early or late, no further, and never twice', () => {
    const nowMs = 1_700_000_000_000;
    const step = totpStep(nowMs);
    for (const shift of [-1, 0, 1])
      expect(matchingTotpStep(secret, totpCode(secret, step + shift), nowMs, 0)).toBe(step + shift);
    for (const shift of [-2, 2]) expect(matchingTotpStep(secret, totpCode(secret, step + shift), nowMs, 0)).toBeNull();
    expect(matchingTotpStep(secret, totpCode(secret, step), nowMs, step)).toBeNull();
    expect(matchingTotpStep(secret, totpCode(secret, step - 1), nowMs, step)).toBeNull();
  });

  it('hands its secret over as authenticator apps read it', () => {
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    expect(otpauthUri(secret, 'ann@tenant1.example', 'Toll gate')).toBe(
      'otpauth://totp/Toll%20gate:ann%40tenant1.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Toll%20gate&algorithm=SHA1&digits=6&period=30',
    );
  });
});
