import { inject } from 'vitest';
import type { ProvidedUrls } from './provided.js';

function provided(): ProvidedUrls {
  const urls = inject('tollgateServices') as ProvidedUrls | undefined;
  if (!urls)
    throw new Error('No servers here: a spec that needs MariaDB, Redis or RabbitMQ has to be named *.real.spec.ts.');
  return urls;
}

/** Address of a MariaDB whose user may make databases; see `freshMysqlDatabase`. */
export function mysqlUrl(): string {
  return provided().mysqlUrl;
}

/** Address of a Redis that specs share: use `randomPrefix` for keys. */
export function redisUrl(): string {
  return provided().redisUrl;
}

/** Addresses of two or more RabbitMQ nodes, not clustered, that specs share: use `randomPrefix` for exchanges and queues. */
export function amqpUrls(): readonly string[] {
  return provided().amqpUrls;
}
