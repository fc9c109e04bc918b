import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface RecordingBackEnd {
  readonly url: string;
  /** Every byte that came since the last `take`, as Latin-1. */
  take(): string;
  close(): Promise<void>;
}

/** A back end below HTTP: keeps each byte that it is sent, and answers whatever looks like the end of a request. */
export async function startRecordingBackEnd(): Promise<RecordingBackEnd> {
  const sockets = new Set<Socket>();
  let text = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    let unanswered = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      unanswered += chunk.toString('latin1');
      if (!isWhole(unanswered)) return;
      unanswered = '';
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = text;
      text = '';
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Number of requests in recorded bytes: lines that begin like one. */
export function requestsIn(bytes: string): number {
  return bytes.match(/[A-Z]+ \S+ HTTP\/\d/g)?.length ?? 0;
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end));
  if (/\r\ntransfer-encoding: chunked/i.test(text.slice(0, end))) return text.endsWith('0\r\n\r\n');
  return text.length - end - 4 >= Number(length?.[1] ?? 0);
}
