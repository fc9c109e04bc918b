import { safeMessage, type Logger } from '@tollgate/base';
import { Cluster, Redis, type RedisOptions } from 'ioredis';

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: boolean;
}

/** One server; a master that sentinels name; or a cluster, of which some nodes are enough. */
export type RedisServers = Access &
  (
    | { readonly kind: 'single'; readonly address: Address }
    | {
        readonly kind: 'sentinel';
        readonly sentinels: readonly Address[];
        readonly masterName: string;
        readonly sentinelPassword?: string | undefined;
      }
    | { readonly kind: 'cluster'; readonly nodes: readonly Address[] }
  );

export interface RedisTimes {
  readonly commandTimeoutMs: number;
}

/** `redis://` or `rediss://`, also with user and password. @throws TypeError for anything else */
export function serverOfUrl(text: string): RedisServers {
  const { protocol, hostname, port, username, password } = new URL(text);
  return {
    kind: 'single',
    address: { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) },
    username: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    tls: protocol === 'rediss:',
  };
}

/** For logs and reports: without credentials. */
export function addressOfServers(servers: RedisServers): string {
  const of = (list: readonly Address[]): string => list.map(({ host, port }) => `${host}:${port}`).join(',');
  const scheme = servers.tls ? 'rediss' : 'redis';
  if (servers.kind === 'single') return `${scheme}://${of([servers.address])}`;
  if (servers.kind === 'cluster') return `${scheme}-cluster://${of(servers.nodes)}`;
  return `${scheme}-sentinel://${of(servers.sentinels)}/${servers.masterName}`;
}

/** Fails fast: nothing waits for a server that is away, and nothing is sent twice. */
export function connectRedis(servers: RedisServers, times: RedisTimes, log?: Logger): Redis | Cluster {
  const redis = open(servers, times.commandTimeoutMs);
  let reported = '';
  redis.on('ready', () => (reported = ''));
  redis.on('error', (error: Error) => {
    const reason = safeMessage(error);
    if (reason !== reported) log?.warn({ event: 'counter-store.away', reason }, 'Redis cannot be reached');
    reported = reason;
  });
  return redis;
}

const retry = (attempt: number): number => Math.min(50 * attempt, 1_000);

function open(servers: RedisServers, commandTimeout: number): Redis | Cluster {
  const options = { ...accessOf(servers), commandTimeout, connectTimeout: 1_000, autoResendUnfulfilledCommands: false };
  if (servers.kind === 'cluster') return openCluster(servers.nodes, options);
  const single = { ...options, maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: retry };
  if (servers.kind === 'single') return new Redis({ ...single, ...servers.address });
  return new Redis({
    ...single,
    sentinels: servers.sentinels.map((address) => ({ ...address })),
    name: servers.masterName,
    ...(servers.sentinelPassword === undefined ? {} : { sentinelPassword: servers.sentinelPassword }),
    ...(servers.tls ? { enableTLSForSentinelMode: true } : {}),
    sentinelRetryStrategy: retry,
    // A master that became a replica refuses writes: ask the sentinels again instead of waiting for the connection to break.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
}

function openCluster(nodes: readonly Address[], redisOptions: RedisOptions): Cluster {
  return new Cluster([...nodes], {
    redisOptions,
    enableOfflineQueue: false,
    clusterRetryStrategy: retry,
    // A slot that moved is asked for at its new place; a node that is gone must not hold up the caller.
    maxRedirections: 4,
    retryDelayOnFailover: 20,
    retryDelayOnClusterDown: 20,
    slotsRefreshTimeout: 1_000,
    slotsRefreshInterval: 2_000,
  });
}

function accessOf({ username, password, tls }: Access): RedisOptions {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
  };
}
