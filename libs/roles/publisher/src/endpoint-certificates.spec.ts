import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi, fieldsOf, form } from '../test/requests.js';
import { startSurface, type Send, type Surface } from '../test/surface.js';

let surface: Surface;
let ann: Send; // creator and publisher
const pems: string[] = [];
beforeAll(async () => {
  surface = await startSurface();
  ann = await surface.user('ann', ['Internal/creator', 'Internal/publisher']);
  for (const name of ['one', 'two']) pems.push((await generate([{ name: 'commonName', value: name }])).cert);
});
afterAll(() => surface.close());

const base = '/endpoint-certificates';
const pem = (i: number): Blob => new Blob([pems[i] ?? ''], { type: 'application/x-x509-ca-cert' });
const add = (alias: string, endpoint: string, certificate: Blob | string) =>
  ann('POST', base, form({ alias, endpoint, certificate }));

describe('the endpoint certificates of an organization', () => {
  it('are added, listed, read, replaced and deleted', async () => {
    const endpoint = 'https://Back.Example.com/orders';
    expect(await add('back', endpoint, pem(0))).toMatchObject({ status: 200, body: { alias: 'back', endpoint } });
    expect((await ann('GET', base)).body).toMatchObject({ count: 1, certificates: [{ alias: 'back', endpoint }] });
    expect((await ann('GET', `${base}?alias=other`)).body).toMatchObject({ count: 0 });
    expect((await ann('GET', `${base}?endpoint=back.example`)).body).toMatchObject({ count: 1 });
    expect((await ann('GET', `${base}?endpoint=elsewhere`)).body).toMatchObject({ count: 0 });
    expect((await ann('GET', `${base}/back`)).body).toMatchObject({ status: 'Active', subject: 'CN=one' });
    expect((await ann('PUT', `${base}/back`, form({ certificate: pem(1) }))).status).toBe(200);
    expect((await ann('GET', `${base}/back`)).body).toMatchObject({ subject: 'CN=two' });
    const content = await ann('GET', `${base}/back/content`);
    expect([content.status, content.body['text']]).toEqual([200, new X509Certificate(pems[1] ?? '').toString()]);
    expect((await ann('DELETE', `${base}/back`)).status).toBe(200);
    for (const [method, path] of [
      ['GET', `${base}/back`],
      ['DELETE', `${base}/back`],
      ['GET', `${base}/back/usage`],
    ] as const)
      expect((await ann(method, path)).status).toBe(404);
  });

  it('tell which APIs call their endpoint', async () => {
    const endpointConfig = {
      endpoint_type: 'load_balance',
      production_endpoints: [{ url: 'https://a.test:8443/x' }, { url: 'https://b.test/y' }],
    };
    const id = await createApi(ann, { endpointConfig });
    const mention = await createApi(ann, { description: 'calls https://b.test in its description only' });
    await add('a', 'a.test:8443', pem(0));
    await add('b', 'wss://b.test', pem(0));
    await add('c', 'a.test', pem(0));
    const usage = async (alias: string) => (await ann('GET', `${base}/${alias}/usage`)).body;
    expect(await usage('a')).toMatchObject({ count: 1, list: [{ id }] });
    expect(await usage('b')).toMatchObject({ count: 1, list: [{ id }] });
    expect(JSON.stringify(await usage('b'))).not.toContain(mention);
    expect(await usage('c')).toMatchObject({ count: 0, list: [] });
  });

  it('are refused with the part that is wrong, and taken once', async () => {
    expect(fieldsOf((await ann('POST', base, form({ alias: 'x' }))).body)).toEqual(['endpoint', 'certificate']);
    expect(fieldsOf((await ann('PUT', `${base}/a`, form({ alias: 'a' }))).body)).toEqual(['certificate']);
    expect(fieldsOf((await add('x y', 'x.test', pem(0))).body)).toEqual(['alias']);
    for (const endpoint of ['http://x.test', 'https://u:p@x.test', 'ftp://x', 'https://', 'a b'])
      expect(fieldsOf((await add('x', endpoint, pem(0))).body)).toEqual(['endpoint']);
    expect(fieldsOf((await add('x', 'x.test', 'oops')).body)).toEqual(['certificate']);
    expect((await add('x', 'x.test', pem(0))).status).toBe(200);
    expect((await add('x', 'y.test', pem(0))).status).toBe(409);
    expect((await add('z', 'https://x.test:443/', pem(0))).status).toBe(409);
    expect((await add('z', 'x.test', pem(1))).status).toBe(200);
    expect((await ann('PUT', `${base}/z`, form({ certificate: pem(0) }))).status).toBe(409);
  });

  it('are changed by those who may, in their organization', async () => {
    const reader = await surface.user('rita', ['Internal/publisher']);
    expect((await reader('GET', base)).status).toBe(200);
    const parts = form({ alias: 'r', endpoint: 'r.test', certificate: pem(0) });
    expect((await reader('POST', base, parts)).status).toBe(401);
  });
});
