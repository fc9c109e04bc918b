import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from '@tollgate/base';
import type { Installed } from './locate.js';
import { speaksMysql } from './probe.js';
import { PrivateServer } from './process.js';

export interface MariadbOptions {
  readonly dir: string;
  readonly port: number;
  readonly binaries: NonNullable<Installed['mysql']>;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
const longestSocketPath = 107; // sun_path of unix(7)

/** A MariaDB with byte-exact default collation and one user who may do everything. @throws StartupError */
export async function startMariadb(options: MariadbOptions): Promise<PrivateServer> {
  const { dir, port, binaries, user = 'app', password = 'app', database = 'app' } = options;
  const data = join(dir, 'data');
  const socket = join(dir, 's');
  if (socket.length > longestSocketPath)
    throw new StartupError([`${dir} is too long for the socket of MariaDB. Use a folder with a shorter path.`]);
  mkdirSync(dir, { recursive: true });
  if (!existsSync(join(data, 'mysql'))) await install(binaries.install, data);
  const initFile = join(dir, 'init.sql');
  writeFileSync(initFile, initSql(user, password, database), { mode: 0o600 });
  const server = new PrivateServer({
    name: 'mariadb',
    dir,
    port,
    url: `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    bin: binaries.server,
    args: [
      '--no-defaults', // has to be first
      ...asRoot,
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--pid-file=${join(dir, 'pid')}`,
      `--init-file=${initFile}`,
      '--skip-log-bin',
      '--innodb-buffer-pool-size=64M',
      '--innodb-log-file-size=16M',
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_bin',
    ],
    ready: speaksMysql,
  });
  await server.start();
  return server;
}

/** Run at every start, so it must be repeatable; one statement per line. */
function initSql(user: string, password: string, database: string): string {
  const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  const accounts = ['127.0.0.1', 'localhost'].map((host) => `${text(user)}@${text(host)}`);
  return [
    `CREATE DATABASE IF NOT EXISTS \`${database.replaceAll('`', '``')}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;`,
    ...accounts.map((account) => `CREATE OR REPLACE USER ${account} IDENTIFIED BY ${text(password)};`),
    ...accounts.map((account) => `GRANT ALL ON *.* TO ${account};`),
    '',
  ].join('\n');
}

function install(program: string, data: string): Promise<void> {
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...asRoot,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new StartupError([`MariaDB could not make its data folder ${data}: ${output.trim()}`]));
    });
  });
}
