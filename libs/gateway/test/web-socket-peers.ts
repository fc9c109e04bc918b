import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';

export interface SocketBackEnd {
  readonly url: string;
  /** Requests that opened a WebSocket. */
  readonly seen: IncomingMessage[];
  readonly sockets: WebSocket[];
  /** Close codes and reasons that came from the gateway. */
  readonly closes: string[];
  close(): Promise<void>;
}

/** A real server that sends every message back. @param protocol the subprotocol that it chooses when it is offered */
export async function startSocketBackEnd(protocol?: string): Promise<SocketBackEnd> {
  const seen: IncomingMessage[] = [];
  const sockets: WebSocket[] = [];
  const closes: string[] = [];
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    maxPayload: 64 * 1024 ** 2,
    handleProtocols: (offered) => (protocol !== undefined && offered.has(protocol) ? protocol : false),
  });
  server.on('connection', (socket, request) => {
    seen.push(request);
    sockets.push(socket);
    socket.on('message', (data, isBinary) => socket.send(data as Buffer, { binary: isBinary }));
    socket.on('close', (code, reason) => void closes.push(`${code} ${reason.toString()}`));
    socket.on('error', () => undefined);
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    sockets,
    closes,
    close: async () => {
      for (const socket of sockets) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface SocketClient {
  readonly socket: WebSocket;
  /** Resolves with the next message that was not read yet. */
  next(): Promise<string>;
  /** Sends and resolves with what comes back. */
  echo(text: string): Promise<string>;
  /** Resolves with `{code} {reason}` when the connection is closed. */
  readonly closed: Promise<string>;
}

/** Connects, or rejects with `{status} {body}` of a refusal. */
export function connectSocket(
  url: string,
  options: ClientOptions & { readonly protocols?: string[] } = {},
): Promise<SocketClient> {
  const { protocols = [], ...rest } = options;
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...rest });
  const waiting: ((text: string) => void)[] = [];
  const held: string[] = [];
  socket.on('message', (data) => {
    const text = (data as Buffer).toString();
    const take = waiting.shift();
    if (take) take(text);
    else held.push(text);
  });
  const closed = new Promise<string>((resolve) =>
    socket.once('close', (code, reason) => resolve(`${code} ${reason.toString()}`)),
  );
  const next = (): Promise<string> => {
    const text = held.shift();
    return text === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(text);
  };
  const echo = (text: string): Promise<string> => {
    socket.send(text);
    return next();
  };
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ socket, next, echo, closed }));
    socket.on('error', (error) => reject(error));
    socket.once('unexpected-response', (_, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => reject(new Error(`${response.statusCode} ${Buffer.concat(chunks).toString()}`)));
    });
  });
}
