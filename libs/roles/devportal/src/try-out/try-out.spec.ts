import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DeploymentService, RevisionService } from '@tollgate/api/server';
import { as, publishApi } from '@tollgate/application/testing';
import { EnvironmentService } from '@tollgate/deployment/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPortal, type Answer, type Portal, type Send } from '../../test/portal.js';

const admin = as('admin', ['admin']);
const seen: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];
/** Stands for a gateway: answers by the last part of the path. */
const gateway = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    seen.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
    const what = request.url?.split('/').at(-1);
    if (what === 'large') return response.end('é'.repeat(600_000));
    if (what === 'bytes') return response.end(Buffer.from([0xff, 0xfe, 0]));
    if (what === 'moved') return response.writeHead(302, { location: 'http://elsewhere.example/' }).end();
    return response
      .writeHead(429, { 'content-type': 'application/json', 'set-cookie': 'a=b' })
      .end('{"code":"900803"}');
  });
});

let portal: Portal;
let ann: Send;
let api: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  portal = await startPortal();
  ann = await portal.subscriber('ann');
  api = await publishApi(portal.app, 'Shop');
  await serve('Near', 'localhost');
  await serve('Inside', '10.0.0.1');
});
afterAll(async () => {
  gateway.close();
  await portal.stop();
});

/** Deploys the API to a new environment whose gateway has this name. */
async function serve(environment: string, host: string): Promise<void> {
  const { port } = gateway.address() as AddressInfo;
  await portal.app.get(EnvironmentService).create(admin, {
    name: environment,
    displayName: environment,
    description: '',
    gatewayType: 'Regular',
    vhosts: [{ host, httpContext: '', httpPort: port, httpsPort: 1, wsPort: 9099, wssPort: 8099 }],
    details: {
      provider: 'wso2',
      serviceUrl: '',
      showInApiConsole: true,
      endpointURIs: [],
      additionalProperties: [],
      permissions: { permissionType: 'PUBLIC', roles: [] },
      apiDiscoveryScheduledWindowMinutes: 0,
    },
  });
  const { revision } = await portal.app.get(RevisionService).create(admin, api, environment);
  await portal.app
    .get(DeploymentService)
    .deploy(admin, api, revision.uuid, [{ environment, displayOnDevportal: true }]);
}

const call = (path: string, more: object = {}, send = ann): Promise<Answer> =>
  send('POST', `/apis/${api}/try-out`, { environmentName: 'Near', transport: 'http', method: 'GET', path, ...more });

it('makes the call at the gateway of the environment and tells its whole answer', async () => {
  const headers = [
    { name: 'Authorization', value: 'Bearer of-the-application' },
    { name: 'Content-Type', value: 'text/plain' },
  ];
  const answer = await call('/menu?size=2', { method: 'POST', headers, body: 'Grüße' });
  expect(answer).toMatchObject({
    status: 200,
    body: { status: 429, body: '{"code":"900803"}', encoding: 'utf8', truncated: false },
  });
  expect(answer.body['headers']).toContainEqual({ name: 'set-cookie', value: 'a=b' });
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(String(answer.body['url'])).toMatch(/^http:\/\/localhost:\d+\/shop\/1\.0\.0\/menu\?size=2$/);
  const got = seen.at(-1);
  expect(got).toMatchObject({ url: '/shop/1.0.0/menu?size=2', body: 'Grüße' });
  expect(got?.headers).toMatchObject({ authorization: 'Bearer of-the-application', 'x-forwarded-for': '127.0.0.1' });
  expect(got?.headers['cookie']).toBeUndefined();
});

it('gives the beginning of a long answer, bytes in base64, and follows no redirect', async () => {
  const large = (await call('/large')).body;
  expect(large).toMatchObject({ truncated: true, encoding: 'utf8' });
  expect(String(large['body'])).toBe('é'.repeat(500_000));
  expect((await call('/bytes')).body).toMatchObject({ body: '//4A', encoding: 'base64', truncated: false });
  expect((await call('/moved')).body).toMatchObject({ status: 302 });
});

it.each(['/../../bank/1.0.0/menu', '/%2e%2e/%2E%2E/admin', '/..;/../../x'])(
  'does not leave the API by %s',
  async (path) => {
    const before = seen.length;
    expect(await call(path)).toMatchObject({ status: 400 });
    expect(seen).toHaveLength(before);
  },
);

it.each(['@evil.example/', '//evil.example/', '/a b', '/a\\..\\..'])('goes to no other host by %s', async (path) => {
  const answer = await call(path);
  if (answer.status === 200) expect(String(answer.body['url'])).toMatch(/^http:\/\/localhost:\d+\/shop\/1\.0\.0\//);
  else expect(answer.status).toBe(400);
});

it.each(['Host', 'Cookie', 'Transfer-Encoding', 'X-Forwarded-For', 'Connection'])(
  'does not pass on %s',
  async (name) => {
    expect(await call('/menu', { headers: [{ name, value: 'x' }] })).toMatchObject({ status: 400 });
  },
);

it('calls no private address that an administrator of an organization wrote down', async () => {
  const answer = await call('/menu', { environmentName: 'Inside' });
  expect(answer).toMatchObject({ status: 502 });
  expect(String(answer.body['description'])).toContain('may not call its address');
});

it('says that a gateway cannot be reached, an environment is not there, an API is not shown', async () => {
  const away = await call('/menu', { transport: 'https' });
  expect(away.status).toBe(502);
  expect(String(away.body['description'])).toContain('cannot be reached from the portal');
  expect((await call('/menu', { environmentName: 'Nowhere' })).status).toBe(404);
  const hidden = await publishApi(portal.app, 'Hidden', { actions: [] });
  const input = { environmentName: 'Default', method: 'GET', path: '/menu' };
  expect((await ann('POST', `/apis/${hidden}/try-out`, input)).status).toBe(403);
});

it('serves people who signed in only', async () => {
  expect((await call('/menu', {}, portal.visitor)).status).toBe(401);
  expect((await call('/menu', {}, await portal.subscriber('bob', { scopes: ['apim:app_manage'] }))).status).toBe(401);
});
