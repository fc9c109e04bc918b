import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { Controller, Module } from '@nestjs/common';
import { createLogger } from '@tollgate/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createHttpApp,
  HttpModule,
  loadOrMakeCertificate,
  openApiController,
  Operation,
  referencePageController,
  renderReferencePage,
  type HttpApp,
} from './index.js';

const log = createLogger({ level: 'silent', node: 'test' });
const surface = {
  title: 'Tollgate <shelves>',
  paragraphs: ['For "readers" & writers.'],
  base: '/api/shelves/v1',
  pagePath: '/shelves',
};

@Controller(surface.base)
class ShelfController {
  @Operation({
    method: 'GET',
    path: '/shelves/:id',
    scopes: ['shelf:read', 'shelf:all'],
    summary: 'Read one <b>shelf</b>',
  })
  get(): object {
    return {};
  }
}

@Module({
  imports: [HttpModule.forRoot({ log })],
  controllers: [ShelfController, openApiController(surface), referencePageController(surface)],
})
class TestModule {}

let app: HttpApp;
let folder: string;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-page-'));
  const certificate = await loadOrMakeCertificate({ folder, name: 'management', hostname: 'localhost' });
  const where = { port: 0, host: '127.0.0.1' };
  app = await createHttpApp(TestModule, { https: { ...where, certificate }, http: where, maxBodyBytes: 10_000, log });
  await app.listen();
  base = `http://127.0.0.1:${app.ports().http}`;
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

describe('the page of a surface', () => {
  it('V-20 lists its operations, escaped, with the scopes they ask for', async () => {
    const answer = await fetch(`${base}/shelves`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await answer.text();
    expect(html).toContain('<h1>Tollgate &lt;shelves&gt;</h1>');
    expect(html).toContain('<p>For &quot;readers&quot; &amp; writers.</p>');
    expect(html).toContain(
      '<td class="path">/shelves/{id}</td><td>Read one &lt;b&gt;shelf&lt;/b&gt;</td><td>shelf:read, shelf:all</td>',
    );
    expect(html).toContain(
      '<td class="path">/openapi.json</td><td>This surface as OpenAPI 3.1</td><td>open to everybody</td>',
    );
    expect(html).toContain('<caption>2 operations</caption>');
  });

  it('links the OpenAPI document that is served', async () => {
    const html = await (await fetch(`${base}/shelves/`)).text();
    const link = /<a href="([^"]+)">/.exec(html)?.[1] ?? '';
    const document = (await (await fetch(base + link)).json()) as { paths: object };
    expect(Object.keys(document.paths)).toEqual(['/shelves/{id}', '/openapi.json']);
  });

  it('V-20 lets the browser run and load nothing but its own styles', async () => {
    const answer = await fetch(`${base}/shelves`);
    const html = await answer.text();
    const policy = answer.headers.get('content-security-policy') ?? '';
    const styles = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'`);
    expect(html).not.toMatch(/<script|style=|javascript:/i);
  });

  it('stands without operations', () => {
    expect(renderReferencePage({}, { ...surface, documentPath: '/x"y' })).toContain('href="/x&quot;y"');
  });
});
