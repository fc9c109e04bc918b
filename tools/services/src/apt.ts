import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { StartupError } from '@tollgate/base';
import { run } from './command.js';
import type { ServiceKind } from './locate.js';

export const debianPackages: Readonly<Record<ServiceKind, string>> = {
  mysql: 'mariadb-server',
  redis: 'redis-server',
  amqp: 'rabbitmq-server',
};

/** Debian asks this script before it starts a service; 101 means "not allowed". */
const policyFile = '/usr/sbin/policy-rc.d';

/** Whether this process may install Debian packages. */
export function canUseApt(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** Installs the servers without starting them as services of the system. @throws StartupError with what apt-get said */
export function installByApt(kinds: readonly ServiceKind[]): Promise<void> {
  return installPackages(kinds.map((kind) => debianPackages[kind]));
}

/** @throws StartupError with what apt-get said */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const removePolicy = forbidServiceStarts();
  try {
    await apt(['update']);
    await apt(['install', '--yes', '--no-install-recommends', ...packages]);
  } finally {
    removePolicy();
  }
}

function forbidServiceStarts(): () => void {
  if (existsSync(policyFile)) return () => undefined; // the machine has its own rule
  writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(policyFile, { force: true });
}

async function apt(args: readonly string[]): Promise<void> {
  const { code, output } = await run('apt-get', args, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  if (code !== 0)
    throw new StartupError([`"apt-get ${args.join(' ')}" failed: ${output.trim().split('\n').slice(-5).join(' ')}`]);
}
