import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (from 32768 on Linux, 49152 on macOS): one of those could be
 * taken by a client between this look and the start of its server.
 */
const lowest = 10_000;
const highest = 32_000;
const mostTries = 200;

/** TCP ports of loopback that nobody uses right now, all different. @throws Error when hardly any is free */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (let tries = 0; ports.length < count; tries++) {
      if (tries > count + mostTries) throw new Error(`No ${count} free ports from ${lowest} to ${highest}.`);
      const port = randomInt(lowest, highest);
      const server = await hold(port);
      if (!server) continue;
      held.push(server);
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

export async function freePort(): Promise<number> {
  return (await freePorts(1))[0] ?? 0;
}

/** @returns null when somebody has it */
function hold(port: number): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
