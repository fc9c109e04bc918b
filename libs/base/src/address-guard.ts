import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The address may not be called from here; `code` is what callers match. */
export class AddressForbiddenError extends Error {
  readonly code = 'ADDRESS_FORBIDDEN';
  constructor(readonly host: string) {
    super(`"${host}" leads to a private or special address that is not on the allow-list.`);
    this.name = 'AddressForbiddenError';
  }
}

/** Addresses that no public service has: loopback, private, link-local, shared, test, multicast, reserved, and IPv6 forms that wrap IPv4. */
const specialNetworks: readonly string[] = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24',
  '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
  '::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/32 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8',
].flatMap((line) => line.split(' '));

/** Decides which addresses this process may connect to for somebody else (SSRF guard), and resolves names so that the address checked is the one connected to. */
export class AddressGuard {
  readonly #special = blockListOf(specialNetworks);
  readonly #allowed: BlockList;

  /** @param allowedNetworks CIDR blocks or addresses that may be called although they are special */
  constructor(allowedNetworks: readonly string[]) {
    this.#allowed = blockListOf(allowedNetworks);
  }

  /** @param entries of `[tollgate.network] allow_private`: CIDR blocks, addresses, or `loopback` */
  static of(entries: readonly string[]): AddressGuard {
    return new AddressGuard(entries.flatMap((entry) => (entry === 'loopback' ? ['127.0.0.0/8', '::1'] : [entry])));
  }

  isAllowed(address: string): boolean {
    const family = isIP(address);
    if (family === 0) return false;
    const kind = family === 4 ? 'ipv4' : 'ipv6';
    return !this.#special.check(address, kind) || this.#allowed.check(address, kind);
  }

  /** For `net.connect`: answers only with addresses that were checked. Literal addresses never come here. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const allowed = addresses.filter(({ address }) => this.isAllowed(address));
      const [first] = allowed;
      if (!first) return callback(new AddressForbiddenError(hostname), '', 0);
      if (options.all) (callback as unknown as AllCallback)(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

type AllCallback = (error: Error | null, addresses: LookupAddress[]) => void;

/** @throws StartupError-worthy TypeError when an entry is no address or block */
function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) {
      throw new TypeError(`"${network}" is no IP address or CIDR block.`);
    }
    list.addSubnet(address, bits === undefined ? most : Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
