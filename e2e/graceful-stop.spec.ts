import { createServer, type ServerResponse } from 'node:http';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Caller, publisher } from './support/caller.js';
import { eventually, send } from './support/rest.js';
import { embedded, type SingleInstallation } from './support/settings.js';

let installation: SingleInstallation;
let release: ((response: ServerResponse) => void) | null = null;
const waiting: ServerResponse[] = [];

/** Answers `/slow` only when the test says so. */
const backEnd = createServer((request, response) => {
  if (request.url !== '/slow') return void response.end('ok');
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write('first half, ');
  waiting.push(response);
  release?.(response);
});

/** Clients of HTTP/2 keep later requests back until their connection, which was told to go, is free. */
const onNewConnection = (url: string): Promise<'served' | 'refused'> =>
  new Promise((resolve) => {
    const request = get(url, { agent: false, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve('served');
    });
    request.on('error', () => resolve('refused'));
  });

beforeAll(async () => {
  installation = await embedded();
  await new Promise<void>((resolve) => backEnd.listen(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(async () => {
  backEnd.closeAllConnections();
  backEnd.close();
  await installation.stop();
});

it('finishes the request that runs, takes no new one, and exits with code 0 within ten seconds', async () => {
  const caller = await Caller.signIn(installation);
  const url = `http://127.0.0.1:${(backEnd.address() as AddressInfo).port}`;
  const api = await caller.call('POST', `${publisher}/apis`, {
    json: {
      name: 'Slow',
      context: '/slow',
      version: '1',
      policies: ['Unlimited'],
      endpointConfig: { endpoint_type: 'http', production_endpoints: { url } },
      operations: [{ target: '/*', verb: 'GET', authType: 'None', throttlingPolicy: 'Unlimited' }],
    },
  });
  const id = String(api.body['id']);
  const revision = await caller.call('POST', `${publisher}/apis/${id}/revisions`, { json: { description: 'r' } });
  await caller.call('POST', `${publisher}/apis/${id}/deploy-revision?revisionId=${String(revision.body['id'])}`, {
    json: [{ name: 'Default', vhost: 'localhost', displayOnDevportal: true }],
  });
  await caller.call('POST', `${publisher}/apis/change-lifecycle?apiId=${id}&action=Publish`);
  const gateway = installation.gateways[0] ?? '';
  await eventually(
    () => send('GET', `${gateway}/slow/1/fast`),
    (answer) => answer.status === 200,
  );

  const reached = new Promise<ServerResponse>((resolve) => {
    release = resolve;
  });
  const running = send('GET', `${gateway}/slow/1/slow`);
  const response = await reached;
  const stoppedAt = performance.now();
  const stopping = installation.process.stop();
  await eventually(
    () => onNewConnection(`${gateway}/slow/1/fast`),
    (outcome) => outcome === 'refused',
    5000,
  );
  response.end('second half');
  expect(await running).toMatchObject({ status: 200, text: 'first half, second half' });
  expect(await stopping).toBe(0);
  expect(performance.now() - stoppedAt).toBeLessThan(10_000);
});
