import { isIP } from 'node:net';

/** What a load balancer says about a connection before its first byte; `null`: it speaks for itself (a health check). */
export interface ProxiedPeer {
  readonly address: string | null;
  /** Bytes that the preamble takes. */
  readonly length: number;
}

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const longestV1 = 107;
const headV2 = 16;
/** Bytes of addresses and extensions in version 2; more is nothing that a load balancer sends. */
const longestV2 = 2_048;

/**
 * Reads the preamble of the PROXY protocol, version 1 (text) or 2 (binary), as HAProxy's `proxy-protocol.txt` has it.
 * @returns `more` when bytes are missing, `broken` when this is no preamble
 */
export function readProxyPreamble(bytes: Buffer): ProxiedPeer | 'more' | 'broken' {
  const common = Math.min(bytes.length, signature.length);
  if (bytes.subarray(0, common).equals(signature.subarray(0, common))) {
    return bytes.length < headV2 ? 'more' : readV2(bytes);
  }
  return readV1(bytes);
}

function readV1(bytes: Buffer): ProxiedPeer | 'more' | 'broken' {
  const end = bytes.subarray(0, longestV1).indexOf('\r\n');
  if (end < 0) {
    const isBegun = 'PROXY '.startsWith(bytes.toString('latin1', 0, Math.min(6, bytes.length)));
    return isBegun && bytes.length < longestV1 ? 'more' : 'broken';
  }
  const length = end + 2;
  const line = bytes.toString('latin1', 0, end);
  if (/^PROXY UNKNOWN( .*)?$/.test(line)) return { address: null, length };
  const parts = /^PROXY TCP([46]) (\S+) (\S+) (\d{1,5}) (\d{1,5})$/.exec(line);
  if (parts === null) return 'broken';
  const [, family, source = '', target = '', sourcePort, targetPort] = parts;
  const isRight = isIP(source) === Number(family) && isIP(target) === Number(family);
  return isRight && Number(sourcePort) <= 65_535 && Number(targetPort) <= 65_535
    ? { address: source, length }
    : 'broken';
}

function readV2(bytes: Buffer): ProxiedPeer | 'more' | 'broken' {
  const version = (bytes[12] as number) >> 4;
  const command = (bytes[12] as number) & 15;
  const family = bytes[13] as number;
  const size = bytes.readUInt16BE(14);
  if (version !== 2 || command > 1 || size > longestV2) return 'broken';
  const length = headV2 + size;
  if (bytes.length < length) return 'more';
  if (command === 0) return { address: null, length }; // LOCAL
  if (family === 0x11 && size >= 12) return { address: bytes.subarray(16, 20).join('.'), length };
  if (family === 0x21 && size >= 36) return { address: ipv6Of(bytes.subarray(16, 32)), length };
  return family === 0 ? { address: null, length } : 'broken'; // UNSPEC, or nothing that carries TCP
}

/** Without short forms; an address that wraps IPv4 is the IPv4 address. */
function ipv6Of(bytes: Buffer): string {
  const wraps4 = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  if (wraps4) return bytes.subarray(12).join('.');
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':');
}
