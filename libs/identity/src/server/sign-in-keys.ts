import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';

export interface SignInPlace {
  readonly organization: string;
  readonly userName: string;
  /** Of the client; absent where there is none. */
  readonly address?: string | undefined;
}

export interface SignInKeys {
  readonly account: string;
  /** Null without an address. */
  readonly address: string | null;
  readonly accountAtAddress: string | null;
}

/** Digests under which sign-ins are counted. */
export function signInKeys({ organization, userName, address }: SignInPlace): SignInKeys {
  const name = userName.normalize('NFC');
  const net = address === undefined ? null : networkOf(address);
  return {
    account: digest(['account', organization, name]),
    address: net === null ? null : digest(['address', net]),
    accountAtAddress: net === null ? null : digest(['account at address', organization, name, net]),
  };
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** One household or server has a whole /64 of IPv6 addresses; an IPv4 address in IPv6 form is the IPv4 address. */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
