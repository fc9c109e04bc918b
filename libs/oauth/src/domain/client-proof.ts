/** What a client has proved with its request, besides who it is; null: nothing. */
export interface ClientProof {
  /** Thumbprint of the key of its DPoP proof (RFC 9449 section 6). */
  readonly jkt: string | null;
  /** SHA-256 of the certificate of its connection, base64url, when its tokens are bound to it (RFC 8705 section 3.1). */
  readonly certificate: string | null;
}

export const nothingProved: ClientProof = { jkt: null, certificate: null };

/** `cnf` of a token (RFC 7800), as part of its claims. */
export function confirmationOf(proof: ClientProof = nothingProved): { cnf?: { jkt?: string; 'x5t#S256'?: string } } {
  const { jkt, certificate } = proof;
  if (jkt === null && certificate === null) return {};
  return { cnf: { ...(jkt === null ? {} : { jkt }), ...(certificate === null ? {} : { 'x5t#S256': certificate }) } };
}
