import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, safeMessage, StartupError } from '@tollgate/base';
import { controlPlaneUrl, counterStoreServers, jobsRedisUrl, type TollgateConfig } from '@tollgate/config';
import { connect, createDataSource } from '@tollgate/database';
import { HttpControlPlane, hubCredentials } from '@tollgate/deployment/client';
import { createTransports } from '@tollgate/event-hub';
import { databaseAddress, hubConnection } from '@tollgate/launcher';
import { addressOfServers, connectRedis, serverOfUrl, type RedisServers } from '@tollgate/throttling/counters';
import type { Finding } from './finding.js';

const waitMs = 5_000;
const log = createLogger({ level: 'silent', node: 'doctor' });
/** Connections of others; every role but these opens the database. */
const withoutDatabase = ['gateway', 'traffic-manager'];

/** Everything that the configuration names, asked at the same time. */
export async function checkServices(config: TollgateConfig, roles: readonly string[]): Promise<Finding[]> {
  const usesDatabase = roles.some((role) => !withoutDatabase.includes(role));
  const checks = [
    usesDatabase ? [checkDatabase(config)] : [],
    checkBrokers(config),
    checkRedis(config),
    checkControlPlane(config),
  ];
  return Promise.all(checks.flat());
}

async function checkDatabase(config: TollgateConfig): Promise<Finding> {
  const address = databaseAddress(config);
  if (address.type === 'sqlite') return checkFile(address.file);
  const what = `database ${address.type} at ${address.url.replace(/^.*@/, '')}`;
  return found(what, async () => {
    const empty = { entities: [], migrations: { sqlite: [], mysql: [] } };
    const dataSource = await connect(createDataSource(address, empty), address);
    await dataSource.query('SELECT 1');
    await dataSource.destroy();
  });
}

/** Makes nothing: the folder is made by the first start. */
async function checkFile(file: string): Promise<Finding> {
  return found(`database SQLite in ${file}`, async () => {
    let place = resolve(file);
    while (!existsSync(place)) place = dirname(place);
    try {
      accessSync(place, constants.W_OK);
    } catch {
      throw new Error(`${place} cannot be written. Give this user the right, or set [tollgate] data_dir`);
    }
  });
}

function checkBrokers(config: TollgateConfig): Promise<Finding>[] {
  const { event_hub: hub, throttling } = config.apim;
  const urls = new Set([
    ...hub.event_listening_endpoints,
    ...hub.event_duplicate_url,
    ...hub.publish.url_group.flatMap((group) => group.urls),
    ...throttling.throttle_decision_endpoints,
    ...throttling.event_duplicate_url,
    ...throttling.url_group.flatMap((group) => group.traffic_manager_urls),
  ]);
  return [...urls].map((url) => checkBroker(config, url));
}

async function checkBroker(config: TollgateConfig, url: string): Promise<Finding> {
  return found(`broker ${url.replace(/\/\/[^@]*@/, '//')}`, async () => {
    const transports = createTransports({ ...hubConnection(config), log });
    try {
      const transport = transports.get(url);
      const end = performance.now() + waitMs;
      while (!transport.status().connected) {
        const { lastError } = transport.status();
        if (lastError !== 'not connected yet' || performance.now() > end)
          throw new Error(
            `${lastError}. Check that it runs, and address, user and password in [apim.event_hub]${tlsHint(lastError)}`,
          );
        await sleep(20);
      }
    } finally {
      await transports.closeAll();
    }
  });
}

function tlsHint(reason: string): string {
  return /certificate|self-signed|altnames/i.test(reason) ? ', and [tollgate.event_hub] ca_file' : '';
}

function checkRedis(config: TollgateConfig): Promise<Finding>[] {
  const jobs = jobsRedisUrl(config);
  const counters = counterStoreServers(config);
  return [
    ...(counters ? [checkRedisAt('counters', counters, '[apim.distributed_throttling.keyvalue_store]')] : []),
    ...(jobs === undefined ? [] : [checkRedisAt('job queue', serverOfUrl(jobs), '[apim.redis_config]')]),
  ];
}

async function checkRedisAt(use: string, servers: RedisServers, table: string): Promise<Finding> {
  return found(`Redis of the ${use} at ${addressOfServers(servers)}`, async () => {
    const redis = connectRedis(servers, { commandTimeoutMs: waitMs });
    let reason = 'no answer';
    redis.on('error', (error: Error) => (reason = safeMessage(error)));
    try {
      const end = performance.now() + waitMs;
      while (redis.status !== 'ready') {
        if (reason !== 'no answer' || performance.now() > end)
          throw new Error(`${reason}. Check that it runs, and the keys of ${table}`);
        await sleep(20);
      }
      await redis.ping();
    } finally {
      redis.disconnect();
    }
  });
}

function checkControlPlane(config: TollgateConfig): Promise<Finding>[] {
  const url = controlPlaneUrl(config);
  if (url === undefined) return [];
  const caFile = config.tollgate.event_hub.control_plane_ca_file;
  const check = found(`control plane ${url}`, async () => {
    const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
    const client = new HttpControlPlane({
      baseUrls: [url],
      credentials: hubCredentials(config),
      timeoutMs: waitMs,
      ...ca,
    });
    try {
      await client.fetchState();
    } catch (error) {
      const cure =
        'Check [apim.event_hub] service_url, username and password, and [tollgate.event_hub] control_plane_ca_file';
      throw new Error(`${safeMessage(error)}. ${cure}`, { cause: error });
    } finally {
      await client.close();
    }
  });
  return [check];
}

async function found(what: string, check: () => Promise<void>): Promise<Finding> {
  try {
    await check();
    return { what: `${what} answers` };
  } catch (error) {
    const problem = error instanceof StartupError ? error.problems.join(' ') : safeMessage(error);
    return { what, problem };
  }
}
