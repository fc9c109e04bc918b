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

const pem = (i: number): Blob => new Blob([pems[i] ?? ''], { type: 'application/x-x509-ca-cert' });

describe('the client certificates of an API', () => {
  it('are added, listed, read, replaced and taken away', async () => {
    const base = `/apis/${await createApi(ann)}/client-certificates`;
    const parts = form({ alias: 'partner', tier: 'Unlimited', certificate: pem(0) });
    expect(await ann('POST', base, parts)).toMatchObject({
      status: 200,
      body: { alias: 'partner', tier: 'Unlimited' },
    });
    expect((await ann('GET', base)).body).toMatchObject({ count: 1, certificates: [{ alias: 'partner' }] });
    expect((await ann('GET', `${base}?alias=other`)).body).toMatchObject({ count: 0 });
    expect((await ann('GET', `${base}/partner`)).body).toMatchObject({ status: 'Active', subject: 'CN=one' });
    expect((await ann('PUT', `${base}/partner`, form({ certificate: pem(1) }))).status).toBe(200);
    expect((await ann('GET', `${base}/partner`)).body).toMatchObject({ subject: 'CN=two' });
    const content = await ann('GET', `${base}/partner/content`);
    expect([content.status, content.body['text']]).toEqual([200, new X509Certificate(pems[1] ?? '').toString()]);
    expect((await ann('DELETE', `${base}/partner`)).status).toBe(200);
    expect((await ann('GET', `${base}/partner`)).status).toBe(404);
  });

  it('are refused with the part that is wrong, and taken once', async () => {
    const base = `/apis/${await createApi(ann)}/client-certificates`;
    const add = (parts: Record<string, string | Blob>) => ann('POST', base, form(parts));
    expect(fieldsOf((await add({ alias: 'a' })).body)).toEqual(['tier', 'certificate']);
    expect(fieldsOf((await add({ alias: 'a', tier: 'Unlimited', certificate: 'oops' })).body)).toEqual(['certificate']);
    expect(fieldsOf((await add({ alias: 'a b', tier: 'Unlimited', certificate: pem(0) })).body)).toEqual(['alias']);
    expect(fieldsOf((await add({ alias: 'a', tier: 'Gold', certificate: pem(0) })).body)).toEqual(['tier']);
    expect((await add({ alias: 'a', tier: 'Unlimited', certificate: pem(0) })).status).toBe(200);
    expect((await add({ alias: 'a', tier: 'Unlimited', certificate: pem(1) })).status).toBe(409);
    expect((await add({ alias: 'b', tier: 'Unlimited', certificate: pem(0) })).status).toBe(409);
  });

  it('belong to mutualssl: without one such an API is not deployed, and they stay when the API is changed', async () => {
    const securityScheme = ['mutualssl', 'mutualssl_mandatory'];
    const id = await createApi(ann, { securityScheme });
    const deploy = async (): Promise<number> => {
      const revision = await ann('POST', `/apis/${id}/revisions`, { description: '' });
      const places = [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }];
      const target = `/apis/${id}/deploy-revision?revisionId=${String(revision.body['id'])}`;
      return (await ann('POST', target, places)).status;
    };
    expect(await deploy()).toBe(400);
    await ann('POST', `/apis/${id}/client-certificates`, form({ alias: 'a', tier: 'Unlimited', certificate: pem(0) }));
    const { body } = await ann('GET', `/apis/${id}`);
    expect(JSON.stringify(body)).not.toContain(new X509Certificate(pems[0] ?? '').fingerprint256);
    expect(body).not.toHaveProperty('clientCertificates');
    expect((await ann('PUT', `/apis/${id}`, { ...body, description: 'changed' })).status).toBe(200);
    expect(await deploy()).toBe(201);
  });
});
