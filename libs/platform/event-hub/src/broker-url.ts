import { StartupError } from '@tollgate/base';

const schemes: Readonly<Record<string, 'amqp' | 'amqps'>> = { tcp: 'amqp', amqp: 'amqp', ssl: 'amqps', amqps: 'amqps' };

/** A broker as configured. `address` carries no credentials and is what logs and errors show. */
export interface BrokerUrl {
  readonly protocol: 'amqp' | 'amqps';
  readonly hostname: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  readonly address: string;
}

/**
 * Reads `tcp://host:port` and `ssl://host:port` (the field's spelling), `amqp://` and `amqps://`.
 * Credentials in the URL win over the given ones.
 * @throws StartupError naming the URL without its credentials
 */
export function parseBrokerUrl(text: string, credentials: { username: string; password: string }): BrokerUrl {
  const [, scheme = '', rest = ''] = /^(\w+):\/\/(.+)$/.exec(text.trim()) ?? [];
  const protocol = schemes[scheme.toLowerCase()];
  const url = protocol && URL.parse(`http://${rest}`);
  const port = url && (url.port || (/:80(\/|$)/.test(rest) ? '80' : ''));
  if (!protocol || !url || !url.hostname || !port) {
    throw new StartupError([
      `"${text.replace(/\/\/[^@]*@/, '//***@')}" is not a broker address: write tcp://host:port or ssl://host:port.`,
    ]);
  }
  return {
    protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(port),
    username: decodeURIComponent(url.username) || credentials.username,
    password: decodeURIComponent(url.password) || credentials.password,
    vhost: decodeURIComponent(url.pathname.slice(1)) || '/',
    address: `${protocol}://${url.hostname}:${port}`,
  };
}
