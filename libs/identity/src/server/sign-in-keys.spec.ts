import { describe, expect, it } from 'vitest';
import { networkOf, signInKeys } from './sign-in-keys.js';

describe('R-67 the network of an address', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['0:0:0:0:0:ffff:198.51.100.7', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('R-79 keys of sign-ins', () => {
  it('differ for names that differ in one byte, and never run into each other', () => {
    const places = [
      { organization: 'carbon.super', userName: 'admin', address: '198.51.100.7' },
      { organization: 'carbon.super', userName: 'Admin', address: '198.51.100.7' },
      { organization: 'carbon.super', userName: 'admin ', address: '198.51.100.7' },
      { organization: 'a","b', userName: 'c', address: 'd' },
      { organization: 'a', userName: 'b","c', address: 'd' },
    ];
    const accounts = places.map((place) => signInKeys(place).account);
    expect(new Set(accounts).size).toBe(places.length);
    expect(new Set(places.flatMap((place) => Object.values(signInKeys(place)))).size).toBe(5 + 5 + 2);
  });
});
