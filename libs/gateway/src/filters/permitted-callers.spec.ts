import { describe, expect, it } from 'vitest';
import { permittedCallers } from './permitted-callers.js';

const allows = (lists: { ip?: string; referer?: string }, ip: string, referer?: string): boolean | undefined =>
  permittedCallers(lists.ip ?? '', lists.referer ?? '')?.allows(ip, referer);

describe('permittedIP', () => {
  it.each([
    ['', '198.51.100.7', true],
    ['198.51.100.7', '198.51.100.7', true],
    ['198.51.100.7', '198.51.100.8', false],
    ['198.51.100.7', '::ffff:198.51.100.7', true], // the same address on a socket for both families
    ['198.51.100.0/24', '198.51.100.255', true],
    ['198.51.100.0/24', '198.51.101.0', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::1', '2001:0db8:0:0::0001', true],
    ['10.0.0.0/8, 2001:db8::/32', '10.200.0.1', true],
    ['10.0.0.0/8', '2001:db8::1', false],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['10.0.0.0/8', '', false],
    ['10.0.0.0/8', 'unknown', false],
  ])('"%s" and a caller at %s: %s', (ip, caller, expected) => {
    expect(allows({ ip }, caller)).toBe(expected);
  });

  it.each(['somewhere', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.1', '2001:db8::/129'])(
    'that cannot be read ("%s") lets nobody in',
    (ip) => {
      expect(permittedCallers(ip, '')).toBeNull();
    },
  );
});

describe('permittedReferer', () => {
  it.each([
    ['www.abc.com/path', 'https://www.abc.com/path', true],
    ['www.abc.com/path', 'http://www.abc.com/path?x=1#y', true],
    ['www.abc.com/path', 'https://www.abc.com/path/more', false],
    ['www.abc.com/path', 'https://www.abc.com/', false],
    ['sub.cds.com/*', 'https://sub.cds.com/', true],
    ['sub.cds.com/*', 'https://SUB.cds.com/any/page', true],
    ['sub.cds.com/*', 'https://sub.cds.com:8443/page', false],
    ['sub.cds.com/*', 'https://other.cds.com/page', false],
    ['sub.cds.com/app/*', 'https://sub.cds.com/application', false],
    ['*.gef.com/*', 'https://a.gef.com/page', true],
    ['*.gef.com/*', 'https://a.b.gef.com/page', true],
    ['*.gef.com/*', 'https://gef.com/page', false],
    ['*.gef.com/*', 'https://evilgef.com/page', false],
    ['*.gef.com/*', 'https://a.gef.com.evil.example/page', false],
    ['*.gef.com/*', 'https://evil.example/?https://a.gef.com/page', false],
    ['*.gef.com/*', 'https://a.gef.com@evil.example/page', false],
    ['*.gef.com/*', 'ftp://a.gef.com/page', false],
    ['*.gef.com/*', 'a.gef.com/page', false],
    ['*.gef.com/*', undefined, false],
    ['www.abc.com/path,*.gef.com/*', 'https://x.gef.com/', true],
  ])('"%s" and the page %s: %s', (referer, page, expected) => {
    expect(allows({ referer }, '198.51.100.7', page)).toBe(expected);
  });

  it('counts together with permittedIP: both must fit', () => {
    const lists = { ip: '10.0.0.0/8', referer: '*.gef.com/*' };
    expect(allows(lists, '10.0.0.1', 'https://a.gef.com/')).toBe(true);
    expect(allows(lists, '10.0.0.1', 'https://a.example/')).toBe(false);
    expect(allows(lists, '11.0.0.1', 'https://a.gef.com/')).toBe(false);
  });
});
