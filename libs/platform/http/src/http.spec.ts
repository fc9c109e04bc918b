import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { createLogger, ConflictError, UnauthenticatedError } from '@tollgate/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  AuthenticatorRegistry,
  Body,
  createHttpApp,
  Ctx,
  HttpModule,
  IfMatch,
  loadOrMakeCertificate,
  OpenApiDocuments,
  Operation,
  Query,
  type HttpApp,
} from './index.js';
import type { RequestContext } from './request-context.js';

const log = createLogger({ level: 'silent', node: 'test' });
const shelf = z.object({ name: z.string().min(1), books: z.array(z.object({ pages: z.number().int() })).default([]) });
const filter = z.object({ limit: z.coerce.number().int().max(10).default(5) });

@Controller('/api/shelves')
class ShelfController {
  @Operation({ method: 'POST', path: '/', scopes: ['shelf:write'], summary: 'Add a shelf', body: shelf })
  add(@Body() body: z.infer<typeof shelf>, @Ctx() ctx: RequestContext): object {
    if (body.name === 'taken')
      throw new ConflictError('SHELF_EXISTS', 'A shelf has this name.', 'Choose another name.', 900999);
    if (body.name === 'crash') throw new Error('secret internals');
    return { ...body, by: ctx.principal?.userName };
  }

  @Operation({ method: 'GET', path: '/', auth: 'public', summary: 'List shelves', query: filter })
  list(@Query() query: z.infer<typeof filter>): object {
    return query;
  }

  @Operation({ method: 'PUT', path: '/:id', scopes: ['shelf:write'], summary: 'Change a shelf', body: shelf })
  put(@IfMatch() version: number | undefined): object {
    return { version };
  }

  @Get('/forgotten')
  forgotten(): object {
    return { open: true };
  }
}

@Module({ imports: [HttpModule.forRoot({ log })], controllers: [ShelfController] })
class TestModule {
  constructor(authenticators: AuthenticatorRegistry) {
    authenticators.register('bearer', async (request) => {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      if (!token) return null;
      if (token === 'bad') throw new UnauthenticatedError('The access token is not valid.');
      return { organization: 'carbon.super', principal: { userName: 'ann', roles: [], scopes: token.split('+') } };
    });
  }
}

/** Writes both parts to a bare socket and reads until the server closes; a reset before that is a failure. */
function exchange(head: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(app.ports().http ?? 0, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('error', reject).on('end', () => resolve(answer));
    socket.write(head);
    setTimeout(() => socket.end(body), 20);
  });
}

let app: HttpApp;
let folder: string;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-http-'));
  const certificate = await loadOrMakeCertificate({ folder, name: 'management', hostname: 'localhost' });
  app = await createHttpApp(TestModule, {
    https: { port: 0, host: '127.0.0.1', certificate },
    http: { port: 0, host: '127.0.0.1' },
    maxBodyBytes: 10_000,
    log,
  });
  await app.listen();
  base = `http://127.0.0.1:${app.ports().http}`;
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

async function send(
  method: string,
  path: string,
  options: { body?: string; type?: string; token?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token) headers['authorization'] = `Bearer ${options.token}`;
  if (options.body !== undefined) headers['content-type'] = options.type ?? 'application/json';
  const answer = await fetch(base + path, {
    method,
    headers,
    ...(options.body === undefined ? {} : { body: options.body }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null, headers: answer.headers };
}

describe('an operation', () => {
  it('serves a caller with the scope and drops names it does not know', async () => {
    const answer = await send('POST', '/api/shelves/', {
      token: 'shelf:write',
      body: '{"name":"a","owner":"eve","books":[{"pages":3,"x":1}]}',
    });
    expect(answer).toMatchObject({ status: 201, body: { name: 'a', books: [{ pages: 3 }], by: 'ann' } });
    expect(answer.body).not.toHaveProperty('owner');
  });

  it.each([
    ['no token', {}],
    ['a bad token', { token: 'bad' }],
    ['a token without the scope', { token: 'other' }],
  ])('answers %s with 401 and a challenge', async (_, credential) => {
    const answer = await send('POST', '/api/shelves', { ...credential, body: '{"name":"a"}' });
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 900401, message: 'Unauthorized', moreInfo: '', error: [] },
    });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('lists every bad field of a body', async () => {
    const answer = await send('POST', '/api/shelves', {
      token: 'shelf:write',
      body: '{"name":"","books":[{"pages":"x"}]}',
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 900300, message: 'Bad Request', error: [{ code: 'name' }, { code: 'books[0].pages' }] },
    });
  });

  it.each([
    ['broken JSON', '{"name":', 'Malformed JSON'],
    ['a repeated name', '{"name":"a","name":"b"}', 'repeated'],
    ['__proto__', '{"__proto__":{}}', '__proto__'],
    ['70 levels', `{"name":${'['.repeat(70)}${']'.repeat(70)}}`, 'deeper than 64'],
  ])('answers %s with 400 and the place', async (_, body, reason) => {
    const answer = await send('POST', '/api/shelves', { token: 'shelf:write', body });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 900300, description: expect.stringMatching(new RegExp(`${reason}.*line 1, column`)) },
    });
  });

  it.each([
    ['413 a body over the limit', 413, { body: `{"name":"${'a'.repeat(20_000)}"}` }],
    ['415 another media type', 415, { body: '<name/>', type: 'application/xml' }],
  ])('answers %s', async (_, status, options) => {
    const answer = await send('POST', '/api/shelves', { token: 'shelf:write', ...options });
    expect(answer).toMatchObject({ status, body: { code: status } });
  });

  it.each([
    ['with a length', 'application/json', 'content-length: 6000000', (body: string) => body],
    [
      'in chunks',
      'application/json',
      'transfer-encoding: chunked',
      (body: string) => `${(6_000_000).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ],
    ['of another type', 'application/xml', 'content-length: 6000000', (body: string) => body],
  ])('lets a client that sends a large refused body %s read the answer', async (_, type, framing, wire) => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const head = `POST /api/shelves HTTP/1.1\r\nhost: a\r\nauthorization: Bearer shelf:write\r\ncontent-type: ${type}\r\n${framing}\r\n\r\n`;
      expect(await exchange(head, wire('a'.repeat(6_000_000)))).toMatch(/^HTTP\/1\.1 41[35] /);
    }
  });

  it('R-56 keeps an expected error whole and an unexpected one inside', async () => {
    const taken = await send('POST', '/api/shelves', { token: 'shelf:write', body: '{"name":"taken"}' });
    expect(taken).toMatchObject({
      status: 409,
      body: { code: 900999, message: 'Conflict', description: 'A shelf has this name. Choose another name.' },
    });
    const crash = await send('POST', '/api/shelves', { token: 'shelf:write', body: '{"name":"crash"}' });
    expect(crash.status).toBe(500);
    expect(JSON.stringify(crash.body)).not.toContain('secret');
  });

  it('checks query parameters, and takes a trailing slash', async () => {
    expect((await send('GET', '/api/shelves/?limit=7')).body).toEqual({ limit: 7 });
    expect((await send('GET', '/api/shelves?limit=99')).status).toBe(400);
    expect((await send('GET', '/api/shelves?limit=1&limit=2')).status).toBe(400);
  });

  it('reads If-Match', async () => {
    expect(
      (
        await send('PUT', '/api/shelves/1', {
          token: 'shelf:write',
          body: '{"name":"a"}',
          headers: { 'if-match': '"7"' },
        })
      ).body,
    ).toEqual({ version: 7 });
    expect(
      (
        await send('PUT', '/api/shelves/1', {
          token: 'shelf:write',
          body: '{"name":"a"}',
          headers: { 'if-match': 'abc' },
        })
      ).status,
    ).toBe(400);
  });

  it.each([
    ['a path with a broken encoding', 'GET', '/api/shelves/%zz', {}, 400],
    ['a compressed body', 'POST', '/api/shelves', { 'content-encoding': 'gzip' }, 415],
  ])('refuses %s in the words of the contract', async (_, method, path, headers, status) => {
    const sent = method === 'POST' ? { body: '{"name":"a"}', token: 'shelf:write' } : {};
    const answer = await send(method, path, { headers, ...sent });
    expect(answer).toMatchObject({ status, body: { code: status, moreInfo: '', error: [] } });
    expect((answer.body as { description: string }).description).toMatch(/\. [A-Z].*\.$/);
  });

  it.each([
    '//api/shelves/1',
    '/api//shelves/1',
    '/api/shelves/1/',
    '/API/shelves/1',
    '/%61pi/shelves/1',
    '/api/shelves/%31',
    '/api/./shelves/1',
    '/x/../api/shelves/1',
    '/api/shelves;x=1/1',
    '/api/shelves/1;x=1',
    '/api/shelves%2f1',
    '/api/shelves/1%00',
    '/api/shelves/1?x',
    '/api/shelves/1#x',
    'http://other.example/api/shelves/1',
  ])('V-41 asks who calls, however the path is spelled: %s', async (path) => {
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(base);
      const headers = { 'content-type': 'application/json' };
      const asked = request({ hostname, port, path, method: 'PUT', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on('error', reject);
      asked.end('{"name":"a"}');
    });
    expect([400, 401, 404]).toContain(status);
  });

  it('refuses a route that says nothing about its callers', async () => {
    expect((await send('GET', '/api/shelves/forgotten', { token: 'shelf:write' })).status).toBe(401);
  });

  it("answers an unknown path with 404 in the contract's shape", async () => {
    expect(await send('GET', '/nowhere')).toMatchObject({ status: 404, body: { code: 404, message: 'Not Found' } });
  });
});

it('describes itself as OpenAPI', () => {
  const document = app.nest.get(OpenApiDocuments).document('/api/shelves', 'Shelves') as {
    paths: Record<string, Record<string, { security: unknown }>>;
  };
  expect(Object.keys(document.paths)).toEqual(['/', '/{id}']);
  expect(document.paths['/']?.['post']?.security).toEqual([{ bearer: ['shelf:write'] }]);
});

it('says which port is taken and what to do', async () => {
  const certificate = await loadOrMakeCertificate({ folder, name: 'management', hostname: 'localhost' });
  const second = await createHttpApp(TestModule, {
    https: { port: app.ports().https, host: '127.0.0.1', certificate },
    http: null,
    maxBodyBytes: 1000,
    log,
  });
  await expect(second.listen()).rejects.toThrow(/Port \d+ is taken\. Stop what uses it/);
  await second.close();
});
