import { describe, expect, it } from 'vitest';
import { isRegisteredRedirect } from './redirect-match.js';

const registered = 'https://c.example/cb';

describe('R-01 V-30 the redirect URI is compared as an exact string', () => {
  it('takes the registered one', () => expect(isRegisteredRedirect([registered], registered)).toBe(true));

  it.each([
    'https://c.example/cb/',
    'https://c.example/cb/x',
    'https://c.example/cb?x',
    'https://c.example/cb?',
    'https://c.example/cb#',
    'https://c.example/cb#x',
    'https://c.example/CB',
    'https://C.example/cb',
    'HTTPS://c.example/cb',
    'https://c.example/%63b',
    'https://c.example/./cb',
    'https://c.example/x/../cb',
    'https://c.example/..;/cb',
    'https://c.example//cb',
    'https://c.example:443/cb',
    'https://user@c.example/cb',
    'https://user:pw@c.example/cb',
    'https://c.example@evil.example/cb',
    'https://evil.example/https://c.example/cb',
    'https://sub.c.example/cb',
    'https://c.example.evil.example/cb',
    'https://c.example./cb',
    'http://c.example/cb',
    '//c.example/cb',
    ' https://c.example/cb',
    'https://c.example/cb ',
    'https://c.example\\cb',
    'https://c.example/cb%00',
    'https://c.example/cb%0d%0a',
    'javascript:alert(1)//https://c.example/cb',
    '',
  ])('refuses %j', (given) => expect(isRegisteredRedirect([registered], given)).toBe(false));

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb', true],
    ['http://127.0.0.1:1/cb', 'http://127.0.0.1:2/cb', true],
    ['http://[::1]/cb', 'http://[::1]:51004/cb', true],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb2', false],
    ['http://127.0.0.1/cb', 'http://[::1]:51004/cb', false],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:51004/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:99@evil.example/cb', false],
    ['http://localhost/cb', 'http://localhost:51004/cb', false],
  ])('lets only the port of a loopback address vary (%s, %s)', (uri, given, allowed) =>
    expect(isRegisteredRedirect([uri], given)).toBe(allowed),
  );

  it('never redirects to a name without a scheme', () =>
    expect(isRegisteredRedirect(['www.c.example'], 'www.c.example')).toBe(false));
});
