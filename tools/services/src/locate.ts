import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type ServiceKind = 'mysql' | 'redis' | 'amqp';
export const serviceKinds: readonly ServiceKind[] = ['mysql', 'redis', 'amqp'];

/** Paths of what is installed; null where it is not. */
export interface Installed {
  readonly mysql: { readonly server: string; readonly install: string } | null;
  readonly redis: { readonly server: string } | null;
  readonly amqp: { readonly sbin: string; readonly epmd: string } | null;
}

/** sbin is not on the PATH of plain users on Debian; the others are where Homebrew puts things. */
const usualFolders = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
];

/**
 * RabbitMQ's own scripts: Debian's /usr/sbin wrapper changes the user and drops the environment.
 */
const rabbitFolders = [
  '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin',
  '/opt/homebrew/opt/rabbitmq/sbin',
  '/usr/local/opt/rabbitmq/sbin',
  '/opt/rabbitmq*/sbin',
];

/** Looks for MariaDB, Redis or Valkey, and RabbitMQ with its Erlang. */
export function locateInstalled(path = process.env['PATH'] ?? ''): Installed {
  const folders = [...path.split(delimiter).filter(Boolean), ...usualFolders];
  const find = (...names: string[]): string | null =>
    names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable) ?? null;
  const mariadb = find('mariadbd');
  const install = find('mariadb-install-db', 'mysql_install_db');
  const redis = find('redis-server', 'valkey-server');
  const sbin = rabbitFolders
    .flatMap((pattern) => globSync(pattern))
    .find((folder) => isExecutable(join(folder, 'rabbitmq-server')));
  const epmd = find('epmd') ?? globSync('/usr/lib/erlang/erts-*/bin/epmd').find(isExecutable);
  return {
    mysql: mariadb && install ? { server: mariadb, install } : null,
    redis: redis ? { server: redis } : null,
    amqp: sbin && epmd ? { sbin, epmd } : null,
  };
}

/** Which of the wanted kinds are not installed. */
export function missingOf(installed: Installed, wanted: readonly ServiceKind[]): ServiceKind[] {
  return wanted.filter((kind) => installed[kind] === null);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us: the next place is looked at
  }
}
