import { BlockList, isIP } from 'node:net';

/** Who may use an API key: addresses and pages. */
export interface PermittedCallers {
  allows(clientIp: string, referer: string | undefined): boolean;
}

/**
 * Compiles the two comma lists of an API key; `null` when one cannot be read, so that a damaged restriction never
 * becomes no restriction. Addresses: IPv4, IPv6, CIDR. Pages: `www.abc.com/path` exactly, `sub.cds.com/*` everything
 * on a host, `*.gef.com/*` everything on its sub-domains.
 */
export function permittedCallers(permittedIp: string, permittedReferer: string): PermittedCallers | null {
  const addresses = compileAddresses(entriesOf(permittedIp));
  const pages = entriesOf(permittedReferer);
  if (addresses === 'unreadable') return null;
  return {
    allows(clientIp, referer) {
      if (addresses !== null && !holds(addresses, clientIp)) return false;
      return pages.length === 0 || (referer !== undefined && matchesPage(referer, pages));
    },
  };
}

function entriesOf(list: string): string[] {
  return list.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
}

function compileAddresses(entries: readonly string[]): BlockList | null | 'unreadable' {
  if (entries.length === 0) return null;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits, rest] = entry.split('/');
    const family = isIP(address);
    if (family === 0 || rest !== undefined) return 'unreadable';
    const kind = family === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, kind);
    else if (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
      list.addSubnet(address, Number(bits), kind);
    else return 'unreadable';
  }
  return list;
}

function holds(list: BlockList, ip: string): boolean {
  const family = isIP(ip);
  return family !== 0 && list.check(ip, family === 4 ? 'ipv4' : 'ipv6');
}

function matchesPage(referer: string, pages: readonly string[]): boolean {
  const url = URL.canParse(referer) ? new URL(referer) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  return pages.some((page) => matchesPattern(url, page));
}

function matchesPattern(url: URL, pattern: string): boolean {
  const slash = pattern.indexOf('/');
  const host = (slash < 0 ? pattern : pattern.slice(0, slash)).toLowerCase();
  const path = slash < 0 ? '/' : pattern.slice(slash);
  const hostFits = host.startsWith('*.')
    ? url.host.endsWith(host.slice(1)) && url.host.length >= host.length
    : url.host === host;
  if (!hostFits) return false;
  return path.endsWith('/*') ? url.pathname.startsWith(path.slice(0, -1)) : url.pathname === path;
}
