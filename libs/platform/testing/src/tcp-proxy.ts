import net from 'node:net';

/** A TCP relay for tests: cuts connections, refuses new ones, swallows bytes, and puts bytes into the stream. */
export interface TcpProxy {
  readonly port: number;
  /** Ends every open connection abruptly; new ones are accepted unless `refuse` is set. */
  cut(): void;
  /** New connections are ended at once while true. */
  refuse(on: boolean): void;
  /** While true, nothing gets through in either direction and nothing is closed; afterwards TCP delivers what was held. */
  blackHole(on: boolean): void;
  /** Sends bytes to every client, as if the server had. */
  inject(bytes: Buffer): void;
  close(): Promise<void>;
}

/** For specs only; listens on a port of its own. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const clients = new Set<net.Socket>();
  const all = new Set<net.Socket>();
  let refusing = false;
  let holding = false;
  const server = net.createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = net.connect(target.port, target.host);
    clients.add(client);
    for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
      all.add(from);
      from.on('data', (bytes) => to.write(bytes));
      if (holding) from.pause();
      from.on('error', () => to.destroy()); // an abrupt end is what the tests are about
      from.on('close', () => {
        to.destroy();
        all.delete(from);
        clients.delete(client);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => all.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as net.AddressInfo).port,
    cut,
    refuse: (on) => (refusing = on),
    blackHole: (on) => {
      holding = on;
      all.forEach((socket) => (on ? socket.pause() : socket.resume()));
    },
    inject: (bytes) => clients.forEach((client) => client.write(bytes)),
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
