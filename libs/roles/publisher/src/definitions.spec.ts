import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi, definition, endpointConfig, form } from '../test/requests.js';
import { contract, startSurface, type Send, type Surface } from '../test/surface.js';

let surface: Surface;
let ann: Send; // creator and publisher
beforeAll(async () => {
  surface = await startSurface();
  ann = await surface.user('ann', ['Internal/creator', 'Internal/publisher']);
});
afterAll(() => surface.close());

describe('an OpenAPI definition', () => {
  it('becomes an API: as a file, inline, or behind an address', async () => {
    const properties = (name: string) =>
      JSON.stringify({ name, context: `/${name}`, version: '1', policies: ['Gold'], endpointConfig });
    const file = new Blob([definition('Title')], { type: 'application/json' });
    const imported = await ann(
      'POST',
      '/apis/import-openapi',
      form({ file, additionalProperties: properties('filed') }),
    );
    expect(imported).toMatchObject({
      status: 201,
      body: { name: 'filed', policies: ['Gold'], operations: [{ target: '/menu', verb: 'GET' }] },
    });
    const inline = await ann('POST', '/apis/import-openapi', form({ inlineAPIDefinition: definition('Inline') }));
    expect(inline).toMatchObject({ status: 201, body: { name: 'Inline', version: '2.1', context: '/inline' } });
    const { server, url } = await serve(definition('Remote'));
    expect(await ann('POST', '/apis/import-openapi', form({ url }))).toMatchObject({
      status: 201,
      body: { name: 'Remote' },
    });
    server.close();
  });

  it('behind an address that must not be called is refused without being asked for', async () => {
    for (const url of ['http://169.254.169.254/latest/meta-data', 'http://10.0.0.1/', 'file:///etc/passwd'])
      expect(await ann('POST', '/apis/import-openapi', form({ url }))).toMatchObject({
        status: 400,
        body: { error: [{ code: 'url' }] },
      });
  });

  it('that is malformed is refused with line and reason, and nothing is stored', async () => {
    const before = (await ann('GET', '/apis')).body['pagination'] as { total: number };
    const bad = await ann(
      'POST',
      '/apis/import-openapi',
      form({ inlineAPIDefinition: 'openapi: 3.0.0\ninfo:\n  title: a\n   version: 1\n' }),
    );
    expect(bad).toMatchObject({
      status: 400,
      body: { code: 900754, description: expect.stringMatching(/line \d, column \d/) },
    });
    for (const parts of [
      {},
      { file: 'x', url: 'y' },
      { inlineAPIDefinition: definition('A'), additionalProperties: '{' },
      { inlineAPIDefinition: definition('A'), additionalProperties: '{"policies":["None such"]}' },
    ])
      expect((await ann('POST', '/apis/import-openapi', form(parts as Record<string, string>))).status).toBe(400);
    expect((await ann('POST', '/apis/import-openapi', { url: 'x' })).status).toBe(415);
    for (const part of ['file', 'inlineAPIDefinition']) {
      const large = part === 'file' ? new Blob(['x'.repeat(5_000_001)]) : 'x'.repeat(5_000_001);
      expect((await ann('POST', '/apis/import-openapi', form({ [part]: large }))).status).toBe(413);
    }
    expect(((await ann('GET', '/apis')).body['pagination'] as { total: number }).total).toBe(before.total);
  });

  it('is checked without storing it', async () => {
    const good = await ann(
      'POST',
      '/apis/validate-openapi?returnContent=true',
      form({ inlineAPIDefinition: definition('Checked') }),
    );
    expect(good).toMatchObject({
      status: 200,
      body: {
        isValid: true,
        info: { name: 'Checked', version: '2.1', openAPIVersion: '3.0.3' },
        content: definition('Checked'),
      },
    });
    const bad = await ann('POST', '/apis/validate-openapi', form({ inlineAPIDefinition: '{\n"openapi": }' }));
    expect(bad).toMatchObject({
      status: 200,
      body: { isValid: false, errors: [{ code: '900754', description: expect.stringContaining('line 2') }] },
    });
  });

  it('is read and replaced; the operations follow', async () => {
    const id = await createApi(ann);
    expect((await ann('GET', `/apis/${id}/swagger`)).body).toMatchObject({
      openapi: '3.0.1',
      paths: { '/*': { get: {} } },
    });
    expect(
      (await ann('PUT', `/apis/${id}/swagger`, form({ apiDefinition: definition('Ignored') }))).body,
    ).toMatchObject({ paths: { '/menu': {} } });
    expect((await ann('GET', `/apis/${id}`)).body).toMatchObject({ operations: [{ target: '/menu', verb: 'GET' }] });
    expect((await ann('PUT', `/apis/${id}/swagger`, form({ apiDefinition: 'nonsense' }))).status).toBe(400);
  });
});

it.skipIf(contract === null)("answers in the contract's shapes", () => {
  expect(surface.differences).toEqual([]);
});

async function serve(text: string): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/openapi.json` };
}
