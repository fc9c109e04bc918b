import { parseIp } from '@tollgate/throttling/domain';

/** Who counts as one caller by address: an IPv4 address, or the /64 network of an IPv6 address, which one host owns whole. */
export function addressGroup(clientIp: string): string {
  const address = parseIp(clientIp);
  if (address === null || address.version === 4) return clientIp.replace(/^::ffff:(?=\d+\.)/i, '');
  return `v6-${(address.value >> 64n).toString(16)}`;
}
