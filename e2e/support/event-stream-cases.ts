import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller, devportal } from './caller.js';
import { keepsContracts } from './contracts.js';
import type { Installation } from './installation.js';
import { eventually } from './rest.js';
import { blockSubscription, makeStreamApi, moveToUnlimited, type StreamApi } from './stream-api.js';
import { openStream, startStreamBackEnd, type OpenStream, type StreamBackEnd } from './stream-peers.js';

const definition = JSON.stringify({
  asyncapi: '2.6.0',
  info: { title: 'News', version: '1.0.0' },
  servers: { production: { url: 'news.test', protocol: 'sse' } },
  channels: { '/news/{place}': { subscribe: {} } },
});

/** From an AsyncAPI definition to events through every gateway, their limit, and the end of a subscription. */
export function keepsEventStreams(name: string, start: () => Promise<Installation>): void {
  describe(name, () => {
    let installation: Installation;
    let caller: Caller;
    let api: StreamApi;
    let backEnd: StreamBackEnd;
    const tell = (event: string): number => backEnd.tell('/news/here', event);

    beforeAll(async () => {
      installation = await start();
      backEnd = await startStreamBackEnd();
      caller = await Caller.signIn(installation);
    }, 180_000);
    afterAll(async () => {
      await backEnd?.close();
      const codes = await installation?.stop();
      expect(Object.values(codes ?? {}).filter((code) => code !== 0)).toEqual([]);
    }, 60_000);

    const atEveryGateway = (): Promise<OpenStream[]> =>
      Promise.all(
        installation.gateways.map(async (gateway) => {
          const open = await eventually(
            () => openStream('SSE', `${gateway}/news/1.0.0/news/here`, api.token),
            (answer) => typeof answer !== 'number',
          );
          if (typeof open === 'number') throw new Error(`refused with ${open}`);
          return open;
        }),
      );

    it('an API made of an AsyncAPI definition passes events to its subscribers as they come', async () => {
      const url = `http://127.0.0.1:${backEnd.port}`;
      const eventsADay = 3 * installation.gateways.length;
      api = await makeStreamApi(caller, { name: 'News', definition, context: '/news', url, type: 'SSE', eventsADay });
      const seen = await caller.call('GET', `${devportal}/apis/${api.apiId}`);
      const [first] = (seen.body as { endpointURLs: { URLs: Record<string, string> }[] }).endpointURLs;
      expect(seen.body['type']).toBe('SSE');
      expect(first?.URLs['https']).toMatch(/^https:/);
      const opened = await atEveryGateway();
      for (const event of ['one', 'two']) {
        expect(tell(event)).toBe(opened.length);
        for (const open of opened) await expect.poll(() => open.events.at(-1), { timeout: 5_000 }).toBe(event);
      }
      for (const open of opened) open.leave();
      await expect.poll(() => backEnd.listeners('/news/here'), { timeout: 5_000 }).toBe(0);
    }, 60_000);

    it('ends with 900808 when the events of the plan are used up, over all gateways together', async () => {
      const opened = await atEveryGateway();
      tell('three');
      for (const open of opened) await expect.poll(() => open.events, { timeout: 5_000 }).toEqual(['three']);
      await new Promise((resolve) => setTimeout(resolve, 1_500)); // all hear of what the others passed
      tell('four');
      for (const open of opened) {
        expect(await open.ended).toMatch(/^event: error\ndata: \{"code":"900808"/);
        expect(open.events).toEqual(['three']);
      }
      const again = await openStream('SSE', `${installation.gateways[0]}/news/1.0.0/news/here`, api.token);
      expect(again).toBe(429);
    }, 60_000);

    it('ends open streams within seconds when the subscription is blocked, and says so', async () => {
      await moveToUnlimited(caller, api);
      const opened = await atEveryGateway();
      await blockSubscription(caller, api);
      for (const open of opened) expect(await open.ended).toMatch(/^event: error\ndata: \{"code":"900907"/);
    }, 60_000);

    keepsContracts();
  });
}
