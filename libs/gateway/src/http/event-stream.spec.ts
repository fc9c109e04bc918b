import { request, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';

let backEnd: BackEnd;
let g: TestGateway;
let stream: ServerResponse | null = null;
beforeAll(async () => {
  backEnd = await startBackEnd((_, res) => {
    stream = res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write('data: first\n\n');
  });
  g = await startTestGateway(backEnd.url);
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

it('each event of a stream goes on at once, however small and however long after the one before', async () => {
  const headers = await g.bearer();
  let text = '';
  const req = request({ host: '127.0.0.1', port: g.port, path: '/pizzashack/1.0.0/events', headers }, (res) => {
    res.setEncoding('utf8').on('data', (part: string) => (text += part));
  });
  req.end();
  await expect.poll(() => text).toBe('data: first\n\n');
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    const before = text;
    stream?.write(`data: ${i}\n\n`);
    await expect.poll(() => text, { timeout: 500, interval: 5 }).toBe(`${before}data: ${i}\n\n`);
  }
  req.destroy();
});
