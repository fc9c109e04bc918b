import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePorts } from './free-port.js';

it('free ports differ, can be taken at once, and are none that outgoing connections get', async () => {
  const ports = await freePorts(40);
  expect(new Set(ports).size).toBe(40);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  const servers = await Promise.all(
    ports.map(
      (port) =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(port, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  expect(await freePorts(5)).not.toEqual(expect.arrayContaining([ports[0]]));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});
