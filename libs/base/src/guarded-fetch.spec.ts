import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressGuard } from './address-guard.js';
import { fetchGuarded } from './guarded-fetch.js';

let server: Server;
let port: number;
let asked = 0;
const closed = new AddressGuard([]);
const open = new AddressGuard(['127.0.0.1']);

beforeAll(async () => {
  server = createServer((request, response) => {
    asked++;
    if (request.url === '/text') response.end('openapi: 3.0.0');
    else if (request.url === '/moved') response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    else if (request.url === '/large') response.end('x'.repeat(200_000));
    else if (request.url === '/zip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    else if (request.url !== '/never') response.writeHead(404).end('secret of the other side');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = (url: string, guard = open) =>
  fetchGuarded(url, { guard, maxBytes: 100_000, timeoutMs: 3_000, field: 'url' });

describe('R-57 V-16 fetching what somebody named', () => {
  it('reads the text of an allowed address', async () => {
    expect(await get(`http://127.0.0.1:${port}/text`)).toBe('openapi: 3.0.0');
    expect(await get(`http://localhost:${port}/text`)).toBe('openapi: 3.0.0');
  });

  it.each([
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '0',
  ])('connects to %s only when it is allowed', async (host) => {
    const before = asked;
    await expect(get(`http://${host}:${port}/text`, closed)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('private or special address'),
    });
    expect(asked).toBe(before);
  });

  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '[fd00::1]',
    '[fe80::1]',
    '[64:ff9b::7f00:1]',
  ])('never connects to %s', async (host) => {
    await expect(get(`http://${host}/`)).rejects.toMatchObject({
      message: expect.stringContaining('private or special address'),
    });
  });

  it.each([
    ['/moved', /status 302; redirects are not followed/],
    ['/large', /larger than 100000 bytes/],
    ['/zip', /content encoding "gzip"/],
    ['/never', /did not answer in time/],
    ['/else', /status 404/],
  ])('refuses the answer of %s and shows nothing of it', async (path, reason) => {
    await expect(get(`http://127.0.0.1:${port}${path}`)).rejects.toMatchObject({
      code: 'URL_NOT_FETCHED',
      fields: [{ field: 'url' }],
      message: expect.stringMatching(reason),
    });
  });

  it.each(['file:///etc/passwd', 'ftp://a.example/', 'nonsense', 'http://u:p@a.example/', 'gopher://a'])(
    'refuses %s',
    async (url) => {
      await expect(get(url)).rejects.toMatchObject({ status: 400, code: 'URL_NOT_FETCHED' });
    },
  );
});
