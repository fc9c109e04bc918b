import { connect } from 'node:http2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../test/call.js';
import { startMediated, use, type Mediated } from '../../test/mediated.js';

let m: Mediated;
beforeAll(async () => void (m = await startMediated()));
afterAll(() => m.stop());
beforeEach(() => void (m.backEnd.seen.length = 0));

describe('addresses', () => {
  it.each([
    ['allow', '10.0.0.0/8, ::1', 403],
    ['allow', '10.0.0.1\n127.0.0.0/8', 200],
    ['deny', '127.0.0.1', 403],
    ['deny', '10.0.0.0/8', 200],
  ])('%s %s: %i from 127.0.0.1, whatever the caller says of its address', async (mode, addresses, status) => {
    m.deploy({ request: [use('restrictIpAddress', { mode, addresses })] });
    const reply = await m.get('/menu', { headers: { 'x-forwarded-for': '10.0.0.1' } });
    expect(reply.status).toBe(status);
    expect(m.backEnd.seen).toHaveLength(status === 200 ? 1 : 0);
  });

  it('that cannot be read are not deployed as none', () => {
    expect(() => m.deploy({ request: [use('restrictIpAddress', { mode: 'deny', addresses: 'x' })] })).toThrow();
  });
});

describe('content types', () => {
  beforeEach(() =>
    m.deploy({ request: [use('restrictContentType', { contentTypes: 'application/json, image/*' })] }, '/*', 'POST'),
  );

  it.each([
    [{ 'content-type': 'application/JSON; charset=utf-8' }, 200],
    [{ 'content-type': 'image/png' }, 200],
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'content-type': 'application/jsonx' }, 415],
    [{ 'content-type': ['application/json', 'text/plain'] }, 415],
    [{}, 415],
  ])('%j: %i', async (headers, status) => {
    const reply = await m.get('/menu', { method: 'POST', headers, body: 'x' });
    expect(reply.status, reply.text).toBe(status);
    expect(m.backEnd.seen).toHaveLength(status === 200 ? 1 : 0);
  });

  it('none without a body', async () => expect((await m.get('/menu', { method: 'POST' })).status).toBe(200));
});

describe('the length of a body', () => {
  beforeEach(() => m.deploy({ request: [use('limitBodySize', { maxBytes: 10 })] }, '/*', 'POST'));
  const head = 'POST /pizzashack/1.0.0/menu HTTP/1.1\r\nHost: localhost\r\n';

  it('is refused by its announcement, before the body is asked for', async () => {
    const answer = await raw(m.g.port, `${head}Content-Length: 11\r\nExpect: 100-continue\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(m.backEnd.seen).toEqual([]);
  });

  it('is refused as soon as it has grown too long, and passes up to the limit', async () => {
    const chunked = (sizes: readonly number[]): string =>
      `${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${sizes.map((size) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`).join('')}0\r\n\r\n`;
    expect(await raw(m.g.port, chunked([5, 5]))).toMatch(/^HTTP\/1\.1 200 /);
    expect(m.backEnd.seen[0]?.body).toBe('x'.repeat(10));
    expect(await raw(m.g.port, chunked([5, 5, 1]))).toMatch(/^HTTP\/1\.1 413 /);
    expect(m.backEnd.seen).toHaveLength(1);
  });

  it('is limited over HTTP/2 too', async () => {
    const session = connect(`http://127.0.0.1:${m.g.port}`);
    const statusOf = (body: string): Promise<unknown> =>
      new Promise((resolve) => {
        const path = '/pizzashack/1.0.0/menu';
        const stream = session.request({ ':method': 'POST', ':path': path, ':authority': 'localhost' });
        stream.on('response', (headers) => resolve(headers[':status']));
        stream.on('error', () => undefined);
        stream.resume().end(body);
      });
    expect(await statusOf('0123456789')).toBe(200);
    expect(await statusOf('0123456789a')).toBe(413);
    session.close();
  });
});
