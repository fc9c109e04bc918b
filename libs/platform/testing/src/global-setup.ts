import { provideServices, serviceVariables } from '@tollgate/services';
import type { TestProject } from 'vitest/node';
import './provided.js';

/** Starts the real servers once for a run in which a `*.real.spec.ts` is selected, and ends them after it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await provideServices({ env: process.env, tell: (line) => process.stderr.write(`${line}\n`) });
  const { mysqlUrl, redisUrl, amqpUrls } = services;
  // Specs may read the variables too: the worker processes are started after this and inherit them.
  process.env[serviceVariables.mysql] = mysqlUrl;
  process.env[serviceVariables.redis] = redisUrl;
  process.env[serviceVariables.amqp] = amqpUrls.join(',');
  project.provide('tollgateServices', { mysqlUrl, redisUrl, amqpUrls });
  return () => services.stop();
}
