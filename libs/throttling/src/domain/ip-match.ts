import { isIP } from 'node:net';

/** An address in comparable form. An IPv4 address mapped into IPv6 is the IPv4 address. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** Condition on an address, as deny values and condition groups write it. Both bounds of a range belong to it. */
export type IpCondition =
  | { readonly fixedIp: string; readonly invert: boolean }
  | { readonly startingIp: string; readonly endingIp: string; readonly invert: boolean };

export type IpMatcher = (address: IpAddress) => boolean;

/** Why a condition cannot be used; `field` is the property at fault. */
export class IpConditionError extends Error {
  constructor(
    readonly field: 'fixedIp' | 'startingIp' | 'endingIp',
    reason: string,
  ) {
    super(reason);
    this.name = 'IpConditionError';
  }
}

/** `null` when the text is no address. A zone (`fe80::1%eth0`) is left out. */
export function parseIp(text: string): IpAddress | null {
  const family = isIP(text);
  if (family === 4) return { version: 4, value: ipv4Value(text) };
  if (family !== 6) return null;
  const value = ipv6Value(text.split('%', 1)[0] as string);
  return value >> 32n === 0xffffn ? { version: 4, value: value & 0xffffffffn } : { version: 6, value };
}

/**
 * Compiles a condition once, when it is deployed. `fixedIp` is an address or a CIDR block.
 * An inverted condition holds for every other address, also for those of the other family.
 * @throws IpConditionError
 */
export function compileIpMatcher(condition: IpCondition): IpMatcher {
  const { version, first, last } = 'fixedIp' in condition ? blockOf(condition.fixedIp) : rangeOf(condition);
  const { invert } = condition;
  return (address) => (address.version === version && address.value >= first && address.value <= last) !== invert;
}

interface Range {
  version: 4 | 6;
  first: bigint;
  last: bigint;
}

function rangeOf(condition: { startingIp: string; endingIp: string }): Range {
  const first = addressOf('startingIp', condition.startingIp);
  const last = addressOf('endingIp', condition.endingIp);
  if (first.version !== last.version) {
    throw new IpConditionError('endingIp', 'Must be of the same family as startingIp (both IPv4 or both IPv6).');
  }
  if (first.value > last.value) throw new IpConditionError('endingIp', 'Must not be below startingIp.');
  return { version: first.version, first: first.value, last: last.value };
}

function blockOf(fixedIp: string): Range {
  const [text = '', prefix, ...more] = fixedIp.split('/');
  const address = addressOf('fixedIp', text);
  if (prefix === undefined) return { version: address.version, first: address.value, last: address.value };
  const bits = address.version === 4 ? 32 : 128;
  if (more.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) {
    throw new IpConditionError('fixedIp', `The prefix length must be a number from 0 to ${bits}.`);
  }
  const hostBits = BigInt(bits - Number(prefix));
  const first = (address.value >> hostBits) << hostBits;
  return { version: address.version, first, last: first + (1n << hostBits) - 1n };
}

function addressOf(field: 'fixedIp' | 'startingIp' | 'endingIp', text: string): IpAddress {
  const address = text.includes('%') ? null : parseIp(text);
  if (address === null) throw new IpConditionError(field, `"${text}" is not an IPv4 or IPv6 address.`);
  return address;
}

function ipv4Value(text: string): bigint {
  return BigInt(text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0));
}

function ipv6Value(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return [...before, ...zeros, ...after].reduce((value, group) => (value << 16n) | group, 0n);
}

function groupsOf(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const ipv4 = ipv4Value(group);
    return [ipv4 >> 16n, ipv4 & 0xffffn];
  });
}
