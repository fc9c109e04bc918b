/**
 * Names of header fields that are met again and again. A head reader gives the string kept here instead of making one,
 * so that what was worked out about a name once is found again, and comparing names compares addresses.
 */
const spellings = [
  ...'Accept Accept-Encoding Accept-Language Accept-Ranges Access-Control-Allow-Credentials'.split(' '),
  ...'Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin'.split(' '),
  ...'Access-Control-Expose-Headers Access-Control-Max-Age Access-Control-Request-Headers'.split(' '),
  ...'Access-Control-Request-Method Age Allow Authorization Cache-Control Connection'.split(' '),
  ...'Content-Disposition Content-Encoding Content-Language Content-Length Content-Location'.split(' '),
  ...'Content-Range Content-Security-Policy Content-Type Cookie Date DNT DPoP ETag Expect Expires'.split(' '),
  ...'Forwarded From Host If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since'.split(' '),
  ...'Internal-Key Keep-Alive Last-Event-ID Last-Modified Link Location Max-Forwards Origin Pragma'.split(' '),
  ...'Prefer Priority Proxy-Authorization Proxy-Connection Range Referer Referrer-Policy'.split(' '),
  ...'Retry-After Sec-CH-UA Sec-CH-UA-Mobile Sec-CH-UA-Platform Sec-Fetch-Dest Sec-Fetch-Mode'.split(' '),
  ...'Sec-Fetch-Site Sec-Fetch-User Sec-WebSocket-Accept Sec-WebSocket-Extensions'.split(' '),
  ...'Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version Server Set-Cookie'.split(' '),
  ...'SOAPAction Strict-Transport-Security TE Trailer Transfer-Encoding Upgrade'.split(' '),
  ...'Upgrade-Insecure-Requests User-Agent Vary Via WWW-Authenticate X-Api-Key ApiKey'.split(' '),
  ...'X-Content-Type-Options X-Correlation-ID X-Forwarded-For X-Forwarded-Host X-Forwarded-Port'.split(' '),
  ...'X-Forwarded-Proto X-Frame-Options X-Powered-By X-Real-IP X-Request-ID X-Requested-With'.split(' '),
  ...'Traceparent Tracestate Baggage Idempotency-Key'.split(' '),
];

const lowerOf = new Map<string, string>();
/** Open addressing: the place of a name is its hash, or one of the next. */
const slots: (string | null)[] = Array.from({ length: 1024 }, () => null);

for (const spelling of spellings) {
  const lower = spelling.toLowerCase();
  for (const name of [lower, spelling]) {
    if (lowerOf.has(name)) continue;
    lowerOf.set(name, lower);
    let hash = 0;
    for (let i = 0; i < name.length; i++) hash = nextHash(hash, name.charCodeAt(i));
    let slot = slotOf(hash);
    while (slots[slot] !== null) slot = (slot + 1) & 1023;
    slots[slot] = name;
  }
}

/** The spellings that are known, each once. */
export const knownNames: readonly string[] = [...lowerOf.keys()];

/** A field's name in lower case, made once for names that are known. */
export function lowerName(name: string): string {
  return lowerOf.get(name) ?? name.toLowerCase();
}

/** The hash that `knownName` takes, byte by byte from 0. */
export function nextHash(hash: number, byte: number): number {
  return (hash * 31 + byte) | 0;
}

/** The known name that stands in those bytes, `null` when it is none. @param hash of these bytes */
export function knownName(bytes: Buffer, start: number, end: number, hash: number): string | null {
  for (let slot = slotOf(hash); ; slot = (slot + 1) & 1023) {
    const name = slots[slot] as string | null;
    if (name === null) return null;
    if (isAt(name, bytes, start, end)) return name;
  }
}

function isAt(name: string, bytes: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & 1023;
}
