import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { change, deploymentRecord, operation } from '../../test/records.js';

let backEnd: BackEnd;
let g: TestGateway;
beforeAll(async () => {
  backEnd = await startBackEnd((req, res) => {
    res.setHeader('Access-Control-Allow-Origin', 'https://from-back-end.test');
    res.end(req.method);
  });
  g = await startTestGateway(backEnd.url);
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

const path = '/pizzashack/1.0.0/menu';
const base = deploymentRecord().cors;
function configure(cors: Partial<typeof base>): void {
  const operations = (['GET', 'DELETE'] as const).map((verb) => operation({ verb }));
  const productionEndpoints = [{ url: backEnd.url }];
  g.gateway.applyChanges([
    change.deployment(
      deploymentRecord({ operations, productionEndpoints, cors: { ...base, corsConfigurationEnabled: true, ...cors } }),
    ),
  ]);
}
const preflight = (origin: string, headers: Record<string, string> = { 'access-control-request-method': 'GET' }) =>
  call(g.port, path, { method: 'OPTIONS', headers: { origin, ...headers } });

describe('a preflight', () => {
  it('is answered 200 before authentication, with the verbs of the API only', async () => {
    configure({});
    const reply = await preflight('https://app.test');
    expect([reply.status, reply.text]).toEqual([200, '']);
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,DELETE',
      'access-control-allow-headers': 'authorization,Content-Type',
    });
    expect(reply.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('without a method is answered 405', async () => {
    configure({});
    expect((await preflight('https://app.test', {})).status).toBe(405);
  });

  it('goes to the back end when the API has the rules switched off', async () => {
    const cors = { ...base, corsConfigurationEnabled: false };
    const operations = [operation({ verb: 'OPTIONS', authType: 'None' })];
    g.gateway.applyChanges([
      change.deployment(deploymentRecord({ operations, cors, productionEndpoints: [{ url: backEnd.url }] })),
    ]);
    expect((await preflight('https://app.test')).text).toBe('OPTIONS');
  });
});

describe('R-59 an origin', () => {
  it('that is listed is named back with credentials where they are allowed', async () => {
    configure({ accessControlAllowOrigins: ['https://app.test'], accessControlAllowCredentials: true });
    const reply = await call(g.port, path, { headers: { ...(await g.bearer()), origin: 'https://app.test' } });
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.test',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
  });

  it('that only * allows never gets credentials', async () => {
    configure({ accessControlAllowOrigins: ['*'], accessControlAllowCredentials: true });
    const reply = await call(g.port, path, { headers: { ...(await g.bearer()), origin: 'https://evil.test' } });
    expect(reply.headers['access-control-allow-origin']).toBe('*');
    expect(reply.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it.each([
    'https://evil.test',
    'https://app.test.evil.test',
    'http://app.test',
    'null',
    'https://app.test:444',
    'https://APP.test',
  ])('%s that is not listed gets nothing, whatever the back end says', async (origin) => {
    configure({ accessControlAllowOrigins: ['https://app.test'] });
    expect((await preflight(origin)).headers['access-control-allow-origin']).toBeUndefined();
    const reply = await call(g.port, path, { headers: { ...(await g.bearer()), origin } });
    expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });

  it('that is allowed can read refusals too', async () => {
    configure({});
    const reply = await call(g.port, path, { headers: { origin: 'https://app.test' } });
    expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([401, '*']);
  });
});
