import { createHash } from 'node:crypto';
import { connectionOptionsOf } from '../http1/connection-options.js';
import type { RequestLine } from '../http1/request-line.js';
import type { UpgradeRequest } from '../pipeline/exchange.js';
import type { HeaderList } from '../pipeline/header-list.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';

const keySuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The answer to a handshake key (RFC 6455 section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + keySuffix)
    .digest('base64');
}

function badHandshake(description: string): Refusal {
  return statusRefusal(400, 'Bad Request', description, { close: true });
}

const wrongVersion = statusRefusal(426, 'Upgrade Required', 'This gateway speaks version 13 of WebSocket.', {
  headers: ['Sec-WebSocket-Version', '13'],
  close: true,
});

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const maxProtocols = 20;

/**
 * Reads the opening handshake of a client (RFC 6455 section 4.2.1); `null` when it asks for no WebSocket. Strict: one
 * key of 16 bytes, version 13, no body, subprotocols that are tokens and not repeated.
 */
export function readUpgrade(
  { method, version }: RequestLine,
  headers: HeaderList,
  bodyBytes: number | null,
): UpgradeRequest | Refusal | null {
  if (headers.get('upgrade') === undefined) return null;
  if (!connectionOptionsOf(headers.all('upgrade').join(',')).includes('websocket')) return null; // others may be ignored
  if (method !== 'GET' || version !== 11 || bodyBytes !== 0)
    return badHandshake('A WebSocket begins with GET, in HTTP/1.1 and without a body.');
  if (!connectionOptionsOf(headers.all('connection').join(',')).includes('upgrade'))
    return badHandshake('"Upgrade: websocket" needs "Connection: Upgrade" beside it.');
  const versions = headers.all('sec-websocket-version');
  if (versions.length !== 1 || versions[0] !== '13') return wrongVersion;
  const keys = headers.all('sec-websocket-key');
  if (keys.length !== 1 || !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(keys[0] as string))
    return badHandshake('Sec-WebSocket-Key has to be there once, as 16 bytes in base64.');
  const protocols = headers
    .all('sec-websocket-protocol')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim());
  if (protocols.length > maxProtocols || protocols.some((name) => !token.test(name)))
    return badHandshake('Sec-WebSocket-Protocol lists tokens, separated by commas.');
  if (new Set(protocols).size < protocols.length) return badHandshake('A subprotocol is named twice.');
  return { key: keys[0] as string, protocols };
}

/** What a server has answered to a handshake, when it is no agreement on a WebSocket: why not. */
export function problemOfAnswer(
  { status, headers }: { status: number; headers: HeaderList },
  key: string,
  offered: readonly string[],
): string | null {
  if (status !== 101) return `It answered with status ${status}.`;
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return 'It did not agree to "Upgrade: websocket".';
  if (!connectionOptionsOf(headers.all('connection').join(',')).includes('upgrade'))
    return 'It sent no "Connection: Upgrade".';
  const accepts = headers.all('sec-websocket-accept');
  if (accepts.length !== 1 || accepts[0] !== acceptOf(key)) return 'Its Sec-WebSocket-Accept does not answer the key.';
  if (headers.get('sec-websocket-extensions') !== undefined) return 'It uses an extension that was not offered.';
  const chosen = headers.all('sec-websocket-protocol');
  if (chosen.length > 1 || (chosen.length === 1 && !offered.includes(chosen[0] as string)))
    return 'It chose a subprotocol that was not offered.';
  return null;
}

/** The head of the answer that opens a WebSocket. @param fields name, value, … as the back end sent them and filters added them */
export function openingAnswer(key: string, protocol: string | null, fields: readonly string[]): string {
  let head =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${acceptOf(key)}\r\n`;
  if (protocol !== null) head += `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = (fields[i] as string).toLowerCase();
    if (name.startsWith('sec-websocket-') || name === 'content-length') continue;
    head += `${fields[i]}: ${fields[i + 1]}\r\n`;
  }
  return `${head}\r\n`;
}
