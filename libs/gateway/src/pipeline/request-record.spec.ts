import { connect } from 'node:http2';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import type { RequestRecord } from './request-record.js';

let backEnd: BackEnd;
let g: TestGateway;
const records: RequestRecord[] = [];
beforeAll(async () => {
  backEnd = await startBackEnd();
  g = await startTestGateway(backEnd.url, [], { onRequest: (record) => void records.push(record) });
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});
beforeEach(() => void (records.length = 0));

const path = '/pizzashack/1.0.0/menu';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

it('a request that passed is told with who called, what was called and whose trace it is, without query and token', async () => {
  const headers = { ...(await g.bearer()), traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  await call(g.port, `${path}?secret=1`, { headers });
  await expect.poll(() => records.length).toBe(1);
  expect(records[0]).toMatchObject({
    method: 'GET',
    path,
    status: 200,
    source: 'back-end',
    code: '',
    isComplete: true,
    api: 'PizzaShack',
    operation: 'GET /*',
    application: 'Orders',
    credential: 'oauth2',
    keyType: 'PRODUCTION',
    backEnd: backEnd.url,
    traceId,
  });
  expect(JSON.stringify(records[0])).not.toMatch(/secret|eyJ/);
});

it('a refusal is told with its code, over HTTP/1.1 and HTTP/2', async () => {
  await call(g.port, path, { headers: { authorization: 'Bearer x' } });
  const session = connect(`http://127.0.0.1:${g.port}`);
  await new Promise((resolve) =>
    session.request({ ':path': path, ':authority': 'localhost' }).on('close', resolve).resume(),
  );
  session.close();
  await expect.poll(() => records.length).toBe(2);
  expect(records).toMatchObject([
    { status: 401, source: 'gateway', code: '900901', backEnd: null, user: null, isComplete: true },
    { status: 401, source: 'gateway', code: '900902', backEnd: null, user: null, isComplete: true },
  ]);
});

it('what is no request leaves no record', async () => {
  await raw(g.port, 'oops\r\n\r\n');
  expect(records).toEqual([]);
});
