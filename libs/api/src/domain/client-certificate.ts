import { readCertificate, requireAlias, type Certificate } from './certificate.js';

/** A certificate whose holder may call an API, as its body keeps it; gateways compare the thumbprint. */
export interface ClientCertificate extends Certificate {
  readonly alias: string;
  /** Business plan under which its holder is counted. */
  readonly tier: string;
}

/** Each of them is in every record of the API. */
export const mostClientCertificates = 100;

/**
 * @param pem one certificate, PEM or DER in base64
 * @throws InvalidInputError when it is none, or cannot be used any more
 */
export function readClientCertificate(alias: string, tier: string, pem: string, nowMs: number): ClientCertificate {
  requireAlias(alias);
  return { alias, tier, ...readCertificate(pem, nowMs) };
}
