import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SocketWriter } from './socket-writer.js';

let server: Server;
const arrived: string[] = [];
const sockets: Socket[] = [];

async function open(): Promise<{ socket: Socket; text: () => string }> {
  const at = arrived.push('') - 1;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(`${at} `);
  return { socket, text: () => arrived[at] ?? '' };
}

beforeAll(async () => {
  server = createServer((socket) => {
    let all = '';
    socket.on('data', (chunk: Buffer) => {
      all += chunk.toString('latin1');
      const space = all.indexOf(' ');
      if (space > 0) arrived[Number(all.slice(0, space))] = all.slice(space + 1);
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

describe('a socket writer', () => {
  it('puts what is added in one turn of the event loop on the socket at its end, in order', async () => {
    const { socket, text } = await open();
    const writer = new SocketWriter(socket);
    const before = socket.bytesWritten;
    writer.add('head\xe9 ');
    writer.add(Buffer.from('body '));
    expect(socket.bytesWritten).toBe(before);
    await turn();
    expect(socket.bytesWritten).toBe(before + 11);
    writer.add('next');
    await expect.poll(text).toBe('head\xe9 body next');
  });

  it('keeps the order when much of it goes out before the turn ends', async () => {
    const { socket, text } = await open();
    const writer = new SocketWriter(socket);
    writer.add('a');
    writer.add(Buffer.alloc(40_000, 'b'));
    expect(socket.bytesWritten).toBeGreaterThan(40_000);
    writer.add('c');
    writer.flush();
    writer.add('d');
    await expect.poll(text).toBe(`a${'b'.repeat(40_000)}cd`);
  });

  it('has written everything before the connection ends, and nothing behind its end', async () => {
    const { socket, text } = await open();
    const writer = new SocketWriter(socket);
    writer.add('last');
    writer.flush();
    socket.end();
    writer.add('too late');
    await turn();
    await expect.poll(text).toBe('last');
    expect(socket.errored).toBeNull();
  });
});
