import { describe, expect, it } from 'vitest';
import { ClientAddressReader } from './client-address.js';

const client = '203.0.113.7';
const victim = '198.51.100.9';

describe('R-67 the address of the caller', () => {
  it.each([
    ['a stranger that names a victim is itself', [], client, [victim], client, ''],
    ['so it is beside trusted proxies', ['10.0.0.0/8'], client, [victim], client, ''],
    ['a trusted proxy is believed', ['10.0.0.0/8'], '10.0.0.1', [client], client, `${client}, 10.0.0.1`],
    [
      'what the caller wrote itself before a proxy is not',
      ['10.0.0.0/8'],
      '10.0.0.1',
      [`${victim}, ${client}`],
      client,
      `${client}, 10.0.0.1`,
    ],
    [
      'two trusted proxies in a row are, in one field or two',
      ['10.0.0.0/8'],
      '10.0.0.1',
      [`${victim}, ${client}`, '10.0.0.2'],
      client,
      `${client}, 10.0.0.2, 10.0.0.1`,
    ],
    ['what is no address ends the belief', ['10.0.0.1'], '10.0.0.1', [`${victim}, x`], '10.0.0.1', '10.0.0.1'],
    [
      'an IPv4 proxy on a dual-stack socket is the same',
      ['10.0.0.1'],
      '::ffff:10.0.0.1',
      [client],
      client,
      `${client}, 10.0.0.1`,
    ],
    ['an IPv6 block', ['2001:db8::/32'], '2001:db8::5', ['2001:db9::1'], '2001:db9::1', '2001:db9::1, 2001:db8::5'],
    ['a neighbour of the block is a stranger', ['2001:db8::/32'], '2001:db9::5', [victim], '2001:db9::5', ''],
  ])('%s', (_, trusted, peer, forwarded, clientIp, forwardedFor) => {
    expect(new ClientAddressReader(trusted).read(peer, forwarded)).toEqual({ clientIp, forwardedFor });
  });

  it.each(['10.0.0.0/33', 'proxy.example', '10.0.0.1/x', '::/129'])('%s is no trusted proxy', (proxy) => {
    expect(() => new ClientAddressReader([proxy])).toThrow('is no IP address or CIDR block');
  });
});
