import { existsSync } from 'node:fs';
import { StartupError } from '@tollgate/base';
import { canUseApt, installPackages } from './apt.js';

/** Debian packages of what a gateway is measured against, each with a file that it brings. */
const packages: Readonly<Record<string, string>> = {
  wrk: '/usr/bin/wrk',
  nginx: '/usr/sbin/nginx',
  'libnginx-mod-http-lua': '/usr/lib/nginx/modules/ngx_http_lua_module.so',
  haproxy: '/usr/sbin/haproxy',
};

/**
 * Installs with `apt-get` what is missing of wrk, nginx with Lua, and HAProxy.
 * @throws StartupError naming what to install where that is not possible
 */
export async function provideBenchPeers(tell: (line: string) => void = () => undefined): Promise<void> {
  const missing = Object.keys(packages).filter((name) => !existsSync(packages[name] ?? ''));
  if (missing.length === 0) return;
  if (!canUseApt())
    throw new StartupError([`The benchmark needs ${missing.join(', ')}: sudo apt-get install ${missing.join(' ')}`]);
  tell(`Installing ${missing.join(', ')} with apt-get`);
  await installPackages(missing);
}
