import { createHash, X509Certificate } from 'node:crypto';
import { InvalidInputError } from '@tollgate/base';

/** What is kept of an X.509 certificate. */
export interface Certificate {
  readonly pem: string;
  /** SHA-256 of the certificate, base64url. */
  readonly thumbprint: string;
  /** Milliseconds since the epoch. */
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly subject: string;
}

/** @throws InvalidInputError when it cannot name a certificate */
export function requireAlias(alias: string): void {
  if (alias.length < 1 || alias.length > 30 || !/^[\w.@-]+$/.test(alias))
    throw new InvalidInputError([{ field: 'alias', message: 'One to 30 letters, digits, ".", "_", "@" or "-".' }]);
}

/**
 * @param text one certificate, PEM or DER in base64
 * @throws InvalidInputError when it is none, or cannot be used any more
 */
export function readCertificate(text: string, nowMs: number): Certificate {
  const certificate = parsed(text);
  if (certificate === null)
    throw new InvalidInputError([{ field: 'certificate', message: 'One X.509 certificate in PEM form.' }]);
  const [validFromMs, validToMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (validToMs <= nowMs)
    throw new InvalidInputError([{ field: 'certificate', message: 'The certificate has expired: send a new one.' }]);
  return {
    pem: certificate.toString(),
    thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
    validFromMs,
    validToMs,
    subject: certificate.subject.split('\n').join(', '),
  };
}

function parsed(text: string): X509Certificate | null {
  if (text.length > 32_768 || text.split('-----BEGIN CERTIFICATE-----').length > 2) return null;
  try {
    return new X509Certificate(text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64'));
  } catch {
    return null; // told as a problem of the field
  }
}
