import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Caller, devportal } from './caller.js';
import { keepsContracts } from './contracts.js';
import type { Installation } from './installation.js';
import { eventually } from './rest.js';
import { blockSubscription, makeStreamApi, moveToUnlimited, type StreamApi } from './stream-api.js';

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
    let api: StreamApi;

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
            () => dial(`${gateway.replace('http', 'ws')}/rooms/1.0.0/room/7`, api.token),
            (answer) => typeof answer !== 'number',
          ),
        ),
      );

    it('an API made of an AsyncAPI definition passes messages for its subscribers', async () => {
      api = await makeStreamApi(caller, {
        name: 'Rooms',
        definition,
        context: '/rooms',
        url,
        type: 'WS',
        eventsADay: 6,
      });
      const seen = await caller.call('GET', `${devportal}/apis/${api.apiId}`);
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
      expect(await dial(`${installation.gateways[0]?.replace('http', 'ws')}/rooms/1.0.0/room/7`, api.token)).toBe(429);
    }, 60_000);

    it('closes open connections within seconds when the subscription is blocked', async () => {
      await moveToUnlimited(caller, api);
      const opened = await atEveryGateway();
      await blockSubscription(caller, api);
      for (const open of opened) expect(typeof open === 'number' ? open : await open.closed).toMatch(/^1008 900907 /);
    }, 60_000);

    keepsContracts();
  });
}
