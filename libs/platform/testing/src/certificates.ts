import { createHash, X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** A certificate with its key, PEM. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
type Names = Parameters<typeof generate>[0];
type AltNames = { type: 1 | 2 | 6 | 7; value?: string; ip?: string }[];

export async function makeAuthority(name: string): Promise<CertificateAndKey> {
  const made = await generate([{ name: 'commonName', value: name }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** @param by its authority; absent: it signs itself */
export async function makeCertificate(
  names: Names,
  more: { readonly by?: CertificateAndKey; readonly altNames?: AltNames; readonly notAfter?: Date } = {},
): Promise<CertificateAndKey> {
  const { by, altNames, notAfter } = more;
  const made = await generate(names, {
    ...common,
    ...(by ? { ca: by } : {}),
    ...(notAfter ? { notBeforeDate: new Date(notAfter.getTime() - 86_400_000), notAfterDate: notAfter } : {}),
    extensions: altNames ? [{ name: 'subjectAltName', altNames }] : [{ name: 'basicConstraints', cA: false }],
  });
  return { cert: made.cert, key: made.private };
}

/** RFC 8705 section 3.1. */
export function thumbprintOf({ cert }: CertificateAndKey): string {
  return createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');
}

/** A JWK with the certificate in `x5c`, as `self_signed_tls_client_auth` registers it. */
export function certificateJwk({ cert }: CertificateAndKey): Record<string, unknown> {
  const certificate = new X509Certificate(cert);
  return { ...certificate.publicKey.export({ format: 'jwk' }), x5c: [certificate.raw.toString('base64')] };
}
