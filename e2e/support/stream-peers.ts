import { createServer, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

export type StreamKind = 'WS' | 'SSE';

/** A back end that tells its subscribers what it is told to, over WebSockets and server-sent events. */
export interface StreamBackEnd {
  readonly port: number;
  /** One event to everybody who asked for that address. @returns to how many */
  tell(pathAndQuery: string, event: string): number;
  /** How many ask for that address now. */
  listeners(pathAndQuery: string): number;
  close(): Promise<void>;
}

export async function startStreamBackEnd(): Promise<StreamBackEnd> {
  const streams = new Map<ServerResponse, string>();
  const sockets = new Map<WebSocket, string>();
  const server = createServer((req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    streams.set(res, req.url ?? '');
    res.on('close', () => streams.delete(res));
  });
  const socketServer = new WebSocketServer({ server });
  socketServer.on('connection', (socket, req) => {
    sockets.set(socket, req.url ?? '');
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    tell(pathAndQuery, event) {
      const listening = [...streams].filter(([, url]) => url === pathAndQuery);
      const connected = [...sockets].filter(([, url]) => url === pathAndQuery);
      for (const [stream] of listening) stream.write(`data: ${event}\n\n`);
      for (const [socket] of connected) socket.send(event);
      return listening.length + connected.length;
    },
    listeners: (pathAndQuery) =>
      [...streams.values(), ...sockets.values()].filter((url) => url === pathAndQuery).length,
    async close() {
      for (const socket of sockets.keys()) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A subscriber's end. */
export interface OpenStream {
  /** Events that came, in their order. */
  readonly events: readonly string[];
  /** Why it ended: what the gateway said last, whatever form the protocol has for that. */
  readonly ended: Promise<string>;
  leave(): void;
}

/** Subscribes, or gives the status with which that was refused. @param url `https://…`, with path and query */
export function openStream(kind: StreamKind, url: string, token: string): Promise<OpenStream | number> {
  const headers = { authorization: `Bearer ${token}`, host: 'localhost' };
  return kind === 'WS' ? connect(url.replace('http', 'ws'), headers) : listen(url, headers);
}

function connect(url: string, headers: Record<string, string>): Promise<OpenStream | number> {
  const socket = new WebSocket(url, { headers, rejectUnauthorized: false });
  const events: string[] = [];
  socket.on('message', (data) => events.push((data as Buffer).toString()));
  const ended = new Promise<string>((resolve) =>
    socket.once('close', (code, reason) => resolve(`${code} ${reason.toString()}`)),
  );
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ events, ended, leave: () => socket.terminate() }));
    socket.once('unexpected-response', (req, res) => {
      req.destroy();
      resolve(res.statusCode ?? 0);
    });
    socket.on('error', (error) => (socket.readyState === WebSocket.CONNECTING ? reject(error) : undefined));
  });
}

function listen(url: string, headers: Record<string, string>): Promise<OpenStream | number> {
  return new Promise((resolve, reject) => {
    const req = request(url, { headers, rejectUnauthorized: false, agent: false }, (res) => {
      if (res.statusCode !== 200) {
        res.resume();
        return resolve(res.statusCode ?? 0);
      }
      const events: string[] = [];
      let text = '';
      let last = '';
      res.setEncoding('utf8').on('data', (part: string) => {
        const blocks = (text + part).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks)
          if (block.startsWith('data: ')) events.push(block.slice('data: '.length));
          else last = block;
      });
      res.on('error', () => undefined);
      const ended = new Promise<string>((over) => res.on('close', () => over(res.complete ? last : 'cut off')));
      return resolve({ events, ended, leave: () => req.destroy() });
    });
    req.on('error', reject).end();
  });
}
