/** An access token as it came in its header. */
export interface Credential {
  readonly text: string;
  /** Sent with the scheme `DPoP`. */
  readonly isProof: boolean;
}

/** RFC 6750 section 2.1, RFC 9449 section 7.1; the scheme's name in any case (RFC 9110 section 11.1). */
export function readCredential(header: string): Credential | null {
  const space = header.indexOf(' ');
  const scheme = header.slice(0, space).toLowerCase();
  if (space < 0 || (scheme !== 'bearer' && scheme !== 'dpop')) return null;
  const text = header.slice(space + 1).trim();
  return text === '' ? null : { text, isProof: scheme === 'dpop' };
}
