/** Bytes of a `token` (RFC 9110 section 5.6.2): 1, others 0. */
export const isTokenByte = classOf((c) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(c)));

/** Bytes that may stand in a line of a head: HTAB, SP, visible characters and obs-text, but no other control character. */
export const isLineByte = classOf((c) => c === 0x09 || (c >= 0x20 && c !== 0x7f));

/** Bytes that may stand in a request target: visible ASCII. Others have to be percent-encoded (RFC 3986 section 2). */
export const isTargetByte = classOf((c) => c > 0x20 && c < 0x7f);

/** Value of a hexadecimal digit; 255 for other bytes. */
export const hexValue = Uint8Array.from({ length: 256 }, (_, c) => {
  const value = Number.parseInt(String.fromCharCode(c), 16);
  return Number.isNaN(value) ? 255 : value;
});

export const cr = 0x0d;
export const lf = 0x0a;
export const space = 0x20;
export const tab = 0x09;
export const colon = 0x3a;

function classOf(holds: (c: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, c) => (holds(c) ? 1 : 0));
}
