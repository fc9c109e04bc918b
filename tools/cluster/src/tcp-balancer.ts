import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * The common name in front of several control planes, as a Kubernetes Service would be: each connection goes to the next
 * target that accepts it.
 */
export class TcpBalancer {
  private next = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(private readonly targets: readonly number[]) {
    this.server = createServer((client) => this.attach(client, 0));
  }

  /** @param port 0 takes any free one. @returns the port that is open */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private attach(client: Socket, attempt: number): void {
    const target = this.targets[this.next++ % this.targets.length];
    if (target === undefined || attempt >= this.targets.length) {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    upstream.once('connect', () => this.join(client, upstream));
    upstream.once('error', () => {
      if (upstream.connecting || upstream.bytesRead === 0) this.attach(client, attempt + 1);
    });
  }

  private join(client: Socket, upstream: Socket): void {
    upstream.removeAllListeners('error');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
