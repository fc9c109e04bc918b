import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeProcess } from '@tollgate/cluster';
import { expect, it } from 'vitest';
import { send } from './support/rest.js';
import { root } from './support/settings.js';

const quiet = `[super_admin]
password = "a-Password-for-tests-7"
[tollgate.management]
https_port = 0
http_port = 0
[tollgate.gateway]
https_port = 0
http_port = 0
`;
/** Nothing answers here: a gateway or traffic manager that runs alone waits for its control plane. */
const away = `[apim.event_hub]
service_url = "https://localhost:1/services/"
`;

/** What each app serves besides its health, and the status that shows it without a credential. */
const apps: readonly [string, string, readonly [string, string, number][]][] = [
  [
    'publisher',
    '',
    [
      ['GET', '/api/am/publisher/v4/apis', 401],
      ['GET', '/publisher', 200],
      ['GET', '/api/am/publisher/v4/openapi.json', 200],
      ['GET', '/api/am/devportal/v3/apis', 404],
    ],
  ],
  [
    'devportal',
    '',
    [
      ['GET', '/api/am/devportal/v3/apis', 200],
      ['GET', '/devportal', 200],
      ['GET', '/api/am/devportal/v3/openapi.json', 200],
    ],
  ],
  [
    'admin',
    '',
    [
      ['GET', '/api/am/admin/v4/environments', 401],
      ['GET', '/admin', 200],
      ['GET', '/admin/reference', 200],
      ['GET', '/scim2/Users', 401],
      ['GET', '/api/server/v1/tenants', 401],
      ['GET', '/api/am/admin/v4/openapi.json', 200],
    ],
  ],
  [
    'key-manager',
    '',
    [
      ['GET', '/oauth2/jwks', 200],
      ['POST', '/oauth2/token', 401],
      ['GET', '/.well-known/oauth-authorization-server', 200],
      ['POST', '/client-registration/v0.17/register', 401],
    ],
  ],
  ['event-hub', '', [['GET', '/internal/data/v1/snapshot', 401]]],
  [
    'control-plane',
    '',
    [
      ['GET', '/publisher', 200],
      ['GET', '/devportal', 200],
      ['GET', '/admin', 200],
      ['GET', '/oauth2/jwks', 200],
      ['GET', '/internal/data/v1/snapshot', 401],
    ],
  ],
  [
    'traffic-manager',
    away,
    [
      ['GET', '/healthz', 200],
      ['GET', '/readyz', 503],
      ['GET', '/publisher', 404],
    ],
  ],
  [
    'gateway',
    away,
    [
      ['GET', '/healthz', 200],
      ['GET', '/readyz', 503],
      ['GET', '/api/am/gateway/v2/server-startup-healthcheck', 500],
      ['GET', '/publisher', 404],
    ],
  ],
];

it.each(apps)('%s starts alone, serves its own surface only, and stops with code 0', async (app, more, calls) => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-alone-'));
  writeFileSync(join(folder, 'deployment.toml'), quiet + more);
  const process = new NodeProcess({ name: app, main: join(root, 'apps', app, 'dist/main.js'), arguments: [], folder });
  try {
    await process.start(20_000);
    const [ready] = process.logged('process.ready');
    const { https } = (ready?.['ports'] ?? {}) as { https?: number };
    for (const [method, path, status] of calls) {
      const answer = await send(
        method,
        `https://localhost:${https}${path}`,
        method === 'POST' ? { form: { a: 'b' } } : {},
      );
      expect(answer.status, `${method} ${path}: ${answer.text.slice(0, 200)}`).toBe(status);
    }
  } finally {
    const code = await process.stop();
    rmSync(folder, { recursive: true, force: true });
    expect(code).toBe(0);
  }
});
