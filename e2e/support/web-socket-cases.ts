import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { adminApi, Caller, devportal, publisher } from './caller.js';
import type { Installation } from './installation.js';
import { eventsPerDay } from './policy-rig.js';
import { eventually } from './rest.js';

const definition = JSON.stringify({
  asyncapi: '2.6.0',
  info: { title: 'Rooms', version: '1.0.0' },
  channels: { '/room/{id}': { subscribe: {}, publish: {} } },
});

interface Open {
  readonly socket: WebSocket;
  echo(text: string): Promise<string>;
  readonly closed: Promise<string>;
}

/** Opens a WebSocket, or gives the status with which it was refused. */
async function dial(url: string, token: string): Promise<Open | number> {
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` }, rejectUnauthorized: false });
  const closed = new Promise<string>((resolve) =>
    socket.once('close', (code, reason) => resolve(`${code} ${reason.toString()}`)),
  );
  const echo = async (text: string): Promise<string> => {
    socket.send(text);
    const [data] = (await once(socket, 'message')) as [Buffer];
    return data.toString();
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ socket, echo, closed }));
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', (error) => (socket.readyState === WebSocket.CONNECTING ? reject(error) : undefined));
  });
}

/** From an AsyncAPI definition to messages through every gateway, their limit, and the end of a subscription. */
export function keepsWebSockets(name: string, start: () => Promise<Installation>): void {
  describe(name, () => {
    let installation: Installation;
    let caller: Caller;
    let backEnd: WebSocketServer;
    let url = '';
    let applicationId = '';
    let subscriptionId = '';
    let token = '';

    const made = async (method: string, path: string, json: unknown): Promise<Record<string, unknown>> => {
      const answer = await caller.call(method, path, { json });
      expect(answer, answer.text).toMatchObject({ status: 201 });
      return answer.body;
    };

    beforeAll(async () => {
      installation = await start();
      backEnd = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      backEnd.on('connection', (socket) => socket.on('message', (data) => socket.send((data as Buffer).toString())));
      await once(backEnd, 'listening');
      url = `ws://127.0.0.1:${(backEnd.address() as AddressInfo).port}`;
      caller = await Caller.signIn(installation);
    }, 180_000);
    afterAll(async () => {
      for (const socket of backEnd?.clients ?? []) socket.terminate();
      backEnd?.close();
      const codes = await installation?.stop();
      expect(Object.values(codes ?? {}).filter((code) => code !== 0)).toEqual([]);
    }, 60_000);

    const atEveryGateway = (): Promise<(Open | number)[]> =>
      Promise.all(
        installation.gateways.map((gateway) =>
          eventually(
            () => dial(`${gateway.replace('http', 'ws')}/rooms/1.0.0/room/7`, token),
            (answer) => typeof answer !== 'number',
          ),
        ),
      );

    it('an API made of an AsyncAPI definition passes messages for its subscribers', async () => {
      await made('POST', `${adminApi}/throttling/policies/subscription`, {
        policyName: 'AsyncSix',
        defaultLimit: eventsPerDay(6),
        stopOnQuotaReach: true,
      });
      const endpointConfig = { endpoint_type: 'http', production_endpoints: { url } };
      const properties = { context: '/rooms', policies: ['AsyncSix', 'Unlimited'], endpointConfig };
      const imported = await caller.call('POST', `${publisher}/apis/import-asyncapi`, {
        multipart: { file: definition, additionalProperties: JSON.stringify(properties) },
      });
      expect(imported, imported.text).toMatchObject({ status: 201, body: { type: 'WS' } });
      const apiId = String(imported.body['id']);
      const { id: revision } = await made('POST', `${publisher}/apis/${apiId}/revisions`, { description: 'r' });
      await made('POST', `${publisher}/apis/${apiId}/deploy-revision?revisionId=${String(revision)}`, [
        { name: 'Default', vhost: 'localhost', displayOnDevportal: true },
      ]);
      await caller.call('POST', `${publisher}/apis/change-lifecycle?apiId=${apiId}&action=Publish`);
      applicationId = String(
        (await made('POST', `${devportal}/applications`, { name: 'Chatter', throttlingPolicy: 'Unlimited' }))[
          'applicationId'
        ],
      );
      const subscription = { apiId, applicationId, throttlingPolicy: 'AsyncSix' };
      subscriptionId = String((await made('POST', `${devportal}/subscriptions`, subscription))['subscriptionId']);
      const keys = await caller.call('POST', `${devportal}/applications/${applicationId}/generate-keys`, {
        json: { keyType: 'PRODUCTION', grantTypesToBeSupported: ['client_credentials'], validityTime: '3600' },
      });
      token = (keys.body as { token: { accessToken: string } }).token.accessToken;
      const seen = await caller.call('GET', `${devportal}/apis/${apiId}`);
      expect(seen.body).toMatchObject({
        type: 'WS',
        endpointURLs: [{ URLs: { wss: expect.stringMatching(/^wss:/) } }],
      });
      for (const open of await atEveryGateway()) {
        expect(typeof open === 'number' ? open : await open.echo('hello')).toBe('hello');
        if (typeof open !== 'number') open.socket.close(1000);
      }
    }, 60_000);

    it('closes with 900808 when the events of the plan are used up, over all gateways together', async () => {
      const opened = await atEveryGateway();
      const [first] = opened;
      if (first === undefined || typeof first === 'number') throw new Error(`refused with ${first}`);
      const left = (6 - 2 * installation.gateways.length) / 2;
      for (let i = 0; i < left; i++) expect(await first.echo(`m${i}`)).toBe(`m${i}`);
      await new Promise((resolve) => setTimeout(resolve, 1_500)); // others hear of it
      for (const open of opened) {
        if (typeof open === 'number') throw new Error(`refused with ${open}`);
        open.socket.send('one too many');
        expect(await open.closed).toMatch(/^1008 900808 /);
      }
      expect(await dial(`${installation.gateways[0]?.replace('http', 'ws')}/rooms/1.0.0/room/7`, token)).toBe(429);
    }, 60_000);

    it('closes open connections within seconds when the subscription is blocked', async () => {
      const plan = { json: { apiId: '', applicationId, throttlingPolicy: 'Unlimited', subscriptionId } };
      const before = await caller.call('GET', `${devportal}/subscriptions/${subscriptionId}`);
      plan.json.apiId = String(before.body['apiId']);
      const changed = await caller.call('PUT', `${devportal}/subscriptions/${subscriptionId}`, plan);
      expect(changed, changed.text).toMatchObject({ status: 200 });
      const opened = await atEveryGateway();
      const path = `${publisher}/subscriptions/block-subscription?subscriptionId=${subscriptionId}&blockState=BLOCKED`;
      expect(await caller.call('POST', path)).toMatchObject({ status: 200 });
      for (const open of opened) expect(typeof open === 'number' ? open : await open.closed).toMatch(/^1008 900907 /);
    }, 60_000);
  });
}
