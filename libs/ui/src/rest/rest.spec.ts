import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Rest } from './rest';

const rows = Array.from({ length: 2_345 }, (_, i) => i);
const asked: string[] = [];
let server: Server;
let rest: Rest;

/** A surface that gives pages of a list as the contracts have them. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://a').searchParams;
    asked.push(query.toString());
    const [limit, offset] = [Number(query.get('limit')), Number(query.get('offset'))];
    const list = query.get('of') === 'nothing' ? [] : rows.slice(offset, offset + limit);
    const pagination = { offset, limit, total: query.get('of') === 'nothing' ? 0 : rows.length };
    response.end(JSON.stringify({ count: list.length, list, pagination }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  rest = new Rest('devportal', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

it('gives a whole list, however many pages it has, and keeps what it is asked by', async () => {
  expect(await rest.list('/rows', { of: 'all' })).toEqual(rows);
  expect(asked).toEqual([0, 1_000, 2_000].map((offset) => `of=all&limit=1000&offset=${offset}`));
  expect(await rest.list('/rows', { of: 'nothing' })).toEqual([]);
});
