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
  /** Makes the line late and lossy from now on, in both directions; null: as it was. */
  impair(how: Impairment | null): void;
  /** Sends bytes to every client, as if the server had. */
  inject(bytes: Buffer): void;
  close(): Promise<void>;
}

/** What a bad line looks like above TCP: nothing is missing, but what was lost comes later, and all behind it waits. */
export interface Impairment {
  readonly delayMs: number;
  /** A delay is up to this much shorter or longer. */
  readonly spreadMs: number;
  /** Share of packets that are lost, 0 to 1: each loss costs a retransmission, of 200 ms, then twice that, and so on. */
  readonly lossShare: number;
}

const firstRetransmissionMs = 200;

function latenessOf({ delayMs, spreadMs, lossShare }: Impairment): number {
  let ms = delayMs + (Math.random() * 2 - 1) * spreadMs;
  for (let waitMs = firstRetransmissionMs; Math.random() < lossShare; waitMs *= 2) ms += waitMs;
  return ms;
}

/** Writes what comes from one side to the other, late if the line is impaired, and always in order. */
function relay(from: net.Socket, to: net.Socket, impairment: () => Impairment | null): void {
  let dueMs = 0;
  let waiting = 0;
  from.on('data', (bytes) => {
    const now = impairment();
    if (!now && waiting === 0) {
      to.write(bytes);
      return;
    }
    dueMs = Math.max(dueMs, performance.now() + (now ? latenessOf(now) : 0));
    waiting++;
    setTimeout(() => {
      waiting--;
      if (to.writable) to.write(bytes);
    }, dueMs - performance.now());
  });
}

/** For specs only; listens on a port of its own. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const clients = new Set<net.Socket>();
  const all = new Set<net.Socket>();
  let refusing = false;
  let holding = false;
  let impairment: Impairment | null = null;
  const server = net.createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = net.connect(target.port, target.host);
    clients.add(client);
    for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
      all.add(from);
      relay(from, to, () => impairment);
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
    impair: (how) => (impairment = how),
    inject: (bytes) => clients.forEach((client) => client.write(bytes)),
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
