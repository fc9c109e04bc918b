/** Opaque access tokens begin so, and nothing else that is sent as a Bearer token does. */
export const opaqueTokenPrefix = 'tga_';

const form = /^tga_[\w-]{43}$/;

/** Whether a text has the form of an opaque access token: the prefix and 256 random bits in base64url. */
export function isOpaqueToken(text: string): boolean {
  return text.length === 47 && form.test(text);
}
