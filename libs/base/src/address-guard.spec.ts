import { lookup as resolve } from 'node:dns/promises';
import { describe, expect, it } from 'vitest';
import { AddressForbiddenError, AddressGuard } from './address-guard.js';

const guard = new AddressGuard([]);

describe('R-57 V-56 the address guard', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    '',
    'localhost',
    '127.1',
    '0x7f000001',
    '2130706433',
    '127.0.0.1 ',
  ])('refuses %s', (address) => expect(guard.isAllowed(address)).toBe(false));

  it.each(['1.1.1.1', '172.15.255.255', '172.32.0.1', '192.167.255.255', '2606:4700::1111', '::ffff:1.1.1.1'])(
    'allows %s',
    (address) => expect(guard.isAllowed(address)).toBe(true),
  );

  it('lets through what is listed, and no more', () => {
    const own = new AddressGuard(['10.1.0.0/16', '::1', '127.0.0.1']);
    expect(['10.1.9.9', '::1', '127.0.0.1'].map((each) => own.isAllowed(each))).toEqual([true, true, true]);
    expect(['10.2.0.1', '127.0.0.2', '192.168.0.1'].map((each) => own.isAllowed(each))).toEqual([false, false, false]);
  });

  it.each(['10.0.0.0/x', 'loopback', '10.0.0', '10.0.0.0/99'])('says that "%s" is no network', (network) =>
    expect(() => new AddressGuard([network])).toThrow(TypeError),
  );

  it('resolves names to allowed addresses only', async () => {
    const answer = (of: AddressGuard, all: boolean) =>
      new Promise((done) => of.lookup('localhost', { all }, (error, address) => done(error ?? address)));
    expect(await answer(guard, false)).toBeInstanceOf(AddressForbiddenError);
    expect(await answer(guard, true)).toBeInstanceOf(AddressForbiddenError);
    const all = (await resolve('localhost', { all: true })).map(({ address }) => address);
    const own = new AddressGuard(['127.0.0.0/8', '::1']);
    expect(await answer(own, false)).toBe(all[0]);
    expect(((await answer(own, true)) as { address: string }[]).map(({ address }) => address)).toEqual(all);
  });
});
