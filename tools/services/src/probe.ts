import { connect } from 'node:net';

/**
 * Whether the server on a port answers as it should; readiness is asked on the wire because log lines differ by version.
 * @param hello sent first; null for servers that greet by themselves
 * @param accept judges the first bytes of the answer; null: being connected is enough
 */
export function answers(
  port: number,
  hello: Buffer | string | null,
  accept: ((first: Buffer) => boolean) | null,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      if (hello !== null) socket.write(hello);
      if (accept === null) finish(true);
    });
    const finish = (good: boolean): void => {
      socket.destroy();
      resolve(good);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.once('data', (first) => finish(accept === null || accept(first)));
    socket.once('error', () => finish(false)); // refused while it starts: asked again
    socket.once('close', () => resolve(false));
  });
}

export const speaksRedis = (port: number): Promise<boolean> =>
  answers(port, 'PING\r\n', (d) => d.toString().startsWith('+PONG'));
/** Protocol version 10 greeting. */
export const speaksMysql = (port: number): Promise<boolean> => answers(port, null, (d) => d[4] === 10);
/** A connection.start method frame. */
export const speaksAmqp = (port: number): Promise<boolean> =>
  answers(port, Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'), (d) => d[0] === 1);
export const listens = (port: number): Promise<boolean> => answers(port, null, null);
