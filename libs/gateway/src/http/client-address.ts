import { BlockList, isIP } from 'node:net';

/** Who calls: the address that counts, and the list to pass on. */
export interface ClientAddress {
  readonly clientIp: string;
  /** `X-Forwarded-For` for the back end when it differs from `clientIp` alone, else empty. */
  readonly forwardedFor: string;
}

/**
 * Finds the caller's address. `X-Forwarded-For` is believed only as far as it was written by trusted proxies: read from
 * its end, the first address that is no trusted proxy is the caller (requirement R-67).
 */
export class ClientAddressReader {
  readonly #trusted = new BlockList();
  readonly #trustsAny: boolean;

  /** @param trustedProxies addresses or CIDR blocks; @throws TypeError when one is neither */
  constructor(trustedProxies: readonly string[]) {
    this.#trustsAny = trustedProxies.length > 0;
    for (const proxy of trustedProxies) {
      const [address = '', bits] = proxy.split('/');
      const family = isIP(address);
      const most = family === 4 ? 32 : 128;
      if (family === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) {
        throw new TypeError(`The trusted proxy "${proxy}" is no IP address or CIDR block.`);
      }
      this.#trusted.addSubnet(address, bits === undefined ? most : Number(bits), family === 4 ? 'ipv4' : 'ipv6');
    }
  }

  /** @param peer socket address; @param forwarded values of all X-Forwarded-For fields */
  read(peer: string, forwarded: readonly string[]): ClientAddress {
    const peerIp = plain(peer);
    if (!this.#trustsAny || forwarded.length === 0 || !this.#isTrusted(peerIp))
      return { clientIp: peerIp, forwardedFor: '' };
    const hops = forwarded.flatMap((value) => value.split(',')).map((hop) => plain(hop.trim()));
    const believed: string[] = [];
    for (let hop = hops.pop(); hop !== undefined && isIP(hop) !== 0; hop = hops.pop()) {
      believed.unshift(hop);
      if (!this.#isTrusted(hop)) break;
    }
    return { clientIp: believed[0] ?? peerIp, forwardedFor: [...believed, peerIp].join(', ') };
  }

  /** @param peer socket address */
  isTrustedPeer(peer: string): boolean {
    return this.#trustsAny && this.#isTrusted(plain(peer));
  }

  #isTrusted(ip: string): boolean {
    const family = isIP(ip);
    return family !== 0 && this.#trusted.check(ip, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/** An IPv4 address that a dual-stack socket reports as IPv6 is the IPv4 address. */
function plain(ip: string): string {
  return ip.charCodeAt(0) !== 0x3a ? ip : ip.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}
