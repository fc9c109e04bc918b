import { createHash, X509Certificate } from 'node:crypto';
import { InvalidInputError } from '@tollgate/base';

/** A certificate whose holder may call an API, as its body keeps it. */
export interface ClientCertificate {
  readonly alias: string;
  /** Business plan under which its holder is counted. */
  readonly tier: string;
  readonly pem: string;
  /** SHA-256 of the certificate, base64url: what gateways compare. */
  readonly thumbprint: string;
  /** Milliseconds since the epoch. */
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly subject: string;
}

/** Each of them is in every record of the API. */
export const mostClientCertificates = 100;

/**
 * @param pem one certificate, PEM or DER in base64
 * @throws InvalidInputError when it is none, or cannot be used any more
 */
export function readClientCertificate(alias: string, tier: string, pem: string, nowMs: number): ClientCertificate {
  if (alias.length < 1 || alias.length > 30 || !/^[\w.@-]+$/.test(alias))
    throw new InvalidInputError([{ field: 'alias', message: 'One to 30 letters, digits, ".", "_", "@" or "-".' }]);
  const certificate = parsed(pem);
  if (certificate === null)
    throw new InvalidInputError([{ field: 'certificate', message: 'One X.509 certificate in PEM form.' }]);
  const [validFromMs, validToMs] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (validToMs <= nowMs)
    throw new InvalidInputError([{ field: 'certificate', message: 'The certificate has expired: send a new one.' }]);
  return {
    alias,
    tier,
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
