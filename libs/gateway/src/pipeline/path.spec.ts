import { describe, expect, it } from 'vitest';
import { normalisePath } from './path.js';

describe('R-42 V-42 normalisePath', () => {
  it.each([
    ['/foo', '/foo'],
    ['/foo/', '/foo/'],
    ['//foo', '/foo'],
    ['/./foo', '/foo'],
    ['/foo/.', '/foo/'],
    ['/%66oo', '/foo'],
    ['/x/../foo', '/foo'],
    ['/x/%2e%2E/foo', '/foo'],
    ['/a/b/..', '/a/'],
    ['/a%20b%c3%a9', '/a%20b%C3%A9'],
    ['/a%2561', '/a%2561'],
    ['/', '/'],
    ['//', '/'],
    ["/a:b@c!$&'()*+,=~", "/a:b@c!$&'()*+,=~"],
    ['/a|b{c}', '/a|b{c}'],
  ])('brings %s to %s', (raw, path) => expect(normalisePath(raw)).toEqual({ path }));

  it.each([
    '/foo;x=1',
    '/foo%3bx=1',
    '/foo%2fbar',
    '/foo%5cbar',
    '/foo\\bar',
    '/foo%00',
    '/foo%0d',
    '/foo%7f',
    '/..',
    '/a/../../b',
    '/%zz',
    '/%6',
    '/é',
    '/a b',
    '*',
    '',
  ])('refuses %s', (raw) => expect(normalisePath(raw)).toHaveProperty('problem'));

  it('gives a form that it leaves alone', () => {
    for (const raw of ['/a//b/../c%41', '/%7euser/./', '/x/%2e/y%2F'.replace('%2F', '')]) {
      const once = normalisePath(raw);
      expect('path' in once && normalisePath(once.path)).toEqual(once);
    }
  });
});
