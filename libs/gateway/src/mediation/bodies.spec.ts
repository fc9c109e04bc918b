import { maxMediatedBytes, type PolicyUse } from '@tollgate/api/contract';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../test/call.js';
import { startMediated, use, type Mediated } from '../../test/mediated.js';

let m: Mediated;
let other: Server | null = null;
beforeAll(async () => void (m = await startMediated()));
afterAll(() => m.stop());
beforeEach(() => void (m.backEnd.seen.length = 0));
afterEach(() => {
  other?.closeAllConnections();
  other?.close();
  other = null;
});

const json = { 'content-type': 'application/json' };
const post = (body: string, headers: Record<string, string> = json): Promise<Reply> =>
  m.get('/menu', { method: 'POST', headers, body });

/** Deploys a response flow before a back end that answers like this. */
async function answering(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  response: PolicyUse[],
): Promise<void> {
  const server = createServer(listener);
  other = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  m.deploy({ response }, '/*', 'GET', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
const says =
  (type: string, text: string | Buffer, more: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(200, { 'content-type': type, etag: '"1"', ...more }).end(text);

describe('JSON to XML and back', () => {
  it('in requests, with the length of the new body', async () => {
    m.deploy({ request: [use('jsonToXML', { rootElement: 'order' })] }, '/*', 'POST');
    const body = { '@id': 7, item: [{ name: 'a<b' }, null], 'no. 1': true, '#text': 'x' };
    expect((await post(JSON.stringify(body))).status).toBe(200);
    expect(m.backEnd.seen[0]?.body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><order id="7"><item><name>a&lt;b</name></item><item/><no._1>true</no._1>x</order>',
    );
    expect(m.seen('content-type')).toEqual(['application/xml; charset=UTF-8']);
    expect(m.seen('content-length')).toEqual([String(m.backEnd.seen[0]?.body.length)]);
    expect(await post('plain', { 'content-type': 'text/plain' })).toMatchObject({ status: 200 });
    expect(m.backEnd.seen[1]?.body).toBe('plain');
    expect((await post('{"a":')).status).toBe(400);
    expect((await post('{"a":1,"a":2}')).status).toBe(400);
  });

  it('in answers', async () => {
    const xml = '<?xml version="1.0"?><!-- x --><m><a id="1">A &amp; &#x42;</a><a/><b><![CDATA[<c>]]></b></m>';
    await answering(says('text/xml', xml), [use('xmlToJson', {})]);
    const reply = await m.get('/menu');
    expect(reply.json()).toEqual({ m: { a: [{ '@id': '1', '#text': 'A & B' }, ''], b: '<c>' } });
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(reply.text.length),
    });
    expect(reply.headers['etag']).toBeUndefined();
  });

  it.each([
    ['an entity of its own', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an unknown entity', '<a>&x;</a>'],
    ['a tag that is not closed', '<a><b></a>'],
    ['two documents', '<a/><b/>'],
    ['text around it', 'x<a/>'],
    ['65 levels', '<a>'.repeat(70) + '</a>'.repeat(70)],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['a character that is none', '<a>&#xd800;</a>'],
  ])('XML with %s is refused: 502', async (_, xml) => {
    await answering(says('application/xml', xml), [use('xmlToJson', {})]);
    expect(await m.get('/menu')).toMatchObject({ status: 502 });
  });

  it('reads 1 MiB of the worst XML in time', async () => {
    for (const xml of [
      '<a '.repeat(300_000),
      '&'.repeat(1_000_000),
      `<a>${'<b/>'.repeat(200_000)}</a>`,
      '<!--'.repeat(250_000),
    ]) {
      await answering(says('application/xml', xml), [use('xmlToJson', {})]);
      const begun = performance.now();
      expect([200, 502]).toContain((await m.get('/menu')).status);
      expect(performance.now() - begun).toBeLessThan(3_000);
    }
  });
});

describe('JSON Patch and templates', () => {
  it('change requests as RFC 6902 says, or refuse them', async () => {
    const patch = [
      { op: 'test', path: '/kind', value: { a: [1] } },
      { op: 'add', path: '/tags/0', value: 'new' },
      { op: 'add', path: '/tags/-', value: 'last' },
      { op: 'move', from: '/old', path: '/new' },
      { op: 'copy', from: '/new', path: '/a~1b' },
      { op: 'replace', path: '/n', value: null },
      { op: 'remove', path: '/secret' },
    ];
    m.deploy({ request: [use('patchJson', { patch: JSON.stringify(patch) })] }, '/*', 'POST');
    const given = { kind: { a: [1] }, tags: ['x'], old: 1, n: 2, secret: 3 };
    expect((await post(JSON.stringify(given))).status).toBe(200);
    const expected = { kind: { a: [1] }, tags: ['new', 'x', 'last'], n: null, new: 1, 'a/b': 1 };
    expect(JSON.parse(m.backEnd.seen[0]?.body ?? '')).toEqual(expected);
    expect((await post(JSON.stringify({ ...given, kind: 1 }))).status).toBe(400);
    expect(m.backEnd.seen).toHaveLength(1);
  });

  it('make other answers of what was answered, and other faults', async () => {
    const template = JSON.stringify({ who: '${/customer/name}', all: '${}', none: '${/x}', text: 'is ${/customer}' });
    const fault = use('templateJson', { template: '{"error":"${/description}"}' });
    await answering(says('application/json', '{"customer":{"name":"Ann"}}'), [use('templateJson', { template })]);
    const customer = { name: 'Ann' };
    expect((await m.get('/menu')).json()).toEqual({
      who: 'Ann',
      all: { customer },
      none: null,
      text: 'is ${/customer}',
    });
    m.deploy({ fault: [fault] }, '/*', 'GET', 'http://127.0.0.1:1');
    const reply = await m.get('/menu');
    expect([reply.status, reply.json()]).toEqual([503, { error: 'Error connecting to the back end' }]);
  });
});

describe('masking', () => {
  const mask = (valuePattern = ''): PolicyUse =>
    use('maskFields', { fieldPattern: '(?i)card|pin', valuePattern, mask: '$1*' });

  it('hides values by name at any depth, and no others', async () => {
    await answering(says('application/json', '{"Card":"4111","a":[{"pin":1,"pins":2}],"card":{"n":1},"x":null}'), [
      mask(),
    ]);
    expect((await m.get('/menu')).json()).toEqual({ Card: '$1*', a: [{ pin: '$1*', pins: 2 }], card: '$1*', x: null });
  });

  it('hides parts of values', async () => {
    await answering(says('application/json', '{"card":"4111-1111-1234","pin":[12345,"none"]}'), [
      mask('^[\\d-]+(?:-|\\b)'),
    ]);
    expect((await m.get('/menu')).json()).toEqual({ card: '$1*', pin: ['$1*', 'none'] });
  });

  it('lets nothing pass that it cannot read: 502', async () => {
    for (const [type, text] of [
      ['text/plain', '{"card":"4111"}'],
      ['application/json', '{"card":"4111"'],
      ['application/json', Buffer.from([0x22, 0xff, 0x22])],
    ] as const) {
      await answering(says(type, text), [mask()]);
      const reply = await m.get('/menu');
      expect(reply.status).toBe(502);
      expect(reply.text).not.toContain('4111');
    }
  });

  it('takes little time, whatever the expression and the body: what is too much is hidden whole or refused', async () => {
    const slow = mask('(?:[ab]?){50}[bc]$');
    const time = async (body: unknown): Promise<Reply> => {
      await answering(says('application/json', JSON.stringify(body)), [slow]);
      const begun = performance.now();
      const reply = await m.get('/menu');
      expect(performance.now() - begun).toBeLessThan(3_000);
      return reply;
    };
    expect((await time({ pin: ['a'.repeat(19_000), 'a'.repeat(500_000)] })).json()).toEqual({
      pin: ['a'.repeat(19_000), '$1*'],
    });
    const names = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`n${i}`, 1]));
    expect((await time(names)).status).toBe(502);
    expect((await time(Array.from({ length: 50_000 }, () => ({ name: 1 })))).status).toBe(200);
  });
});

describe('a body that policies read', () => {
  const read = use('jsonToXML', { rootElement: 'a' });

  it('is held up to 1 MiB: 413 beyond in requests, whether announced or not, 502 in answers', async () => {
    m.deploy({ request: [read] }, '/*', 'POST');
    const long = JSON.stringify('x'.repeat(maxMediatedBytes));
    expect((await post(long)).status).toBe(413);
    expect((await post(long, { ...json, 'transfer-encoding': 'chunked' })).status).toBe(413);
    expect((await post(long.slice(0, 500_000) + '"')).status).toBe(200);
    expect(m.backEnd.seen).toHaveLength(1);
    await answering(says('application/json', long), [read]);
    expect(await m.get('/menu')).toMatchObject({ status: 502 });
  });

  it('comes whole and not compressed, or not at all', async () => {
    await answering(
      (request, response) => says('application/json', JSON.stringify(request.headers))(request, response),
      [use('templateJson', { template: '"${}"' })],
    );
    const headers = { 'accept-encoding': 'gzip', range: 'bytes=0-1', accept: 'application/json' };
    const seen = (await m.get('/menu', { headers })).json();
    expect([seen['accept-encoding'], seen['range'], seen['accept']]).toEqual([
      undefined,
      undefined,
      'application/json',
    ]);
    await answering(says('application/json', 'x', { 'content-encoding': 'br' }), [read]);
    expect(await m.get('/menu')).toMatchObject({ status: 502 });
    m.deploy({ request: [read] }, '/*', 'POST');
    expect((await post('x', { ...json, 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it('that the back end breaks off is told as its failure, and a stream that no policy reads is not held', async () => {
    await answering(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '10' });
        response.write('{"a"');
        setTimeout(() => response.destroy(), 20);
      },
      [read],
    );
    expect(await m.get('/menu')).toMatchObject({ status: 502 });
    const sent = Promise.withResolvers<void>();
    await answering(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write('first');
        void sent.promise.then(() => response.end(' last'));
      },
      [read],
    );
    const reply = m.get('/menu');
    setTimeout(() => sent.resolve(), 50);
    expect((await reply).text).toBe('first last');
  });
});
