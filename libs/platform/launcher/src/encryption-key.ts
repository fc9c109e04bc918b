import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from '@tollgate/base';

const keyForm = /^[0-9a-f]{64}$/i;

/**
 * The key that encrypts secrets at rest: the configured one, or on the embedded default one that is made at first start
 * and kept in `{dataDir}/encryption.key`. Several processes on one database must share it, so it is not made for them.
 * @returns 64 hex digits
 * @throws StartupError when there is none or it is malformed
 */
export function encryptionKey(options: { configured: string | undefined; embedded: boolean; dataDir: string }): string {
  if (options.configured !== undefined) return checked(options.configured, '[tollgate.encryption] key');
  if (!options.embedded)
    throw new StartupError([
      '[tollgate.encryption] key is missing. All processes on one database share one key: make it once with "openssl rand -hex 32" and set it in each deployment.toml, or as TOLLGATE_ENCRYPTION__KEY.',
    ]);
  const file = join(options.dataDir, 'encryption.key');
  if (existsSync(file)) return checked(readFileSync(file, 'utf8').trim(), file);
  const key = randomBytes(32).toString('hex');
  mkdirSync(options.dataDir, { recursive: true });
  writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}

function checked(key: string, where: string): string {
  if (!keyForm.test(key))
    throw new StartupError([
      `${where} must be 64 hexadecimal digits (32 bytes). Make one with "openssl rand -hex 32".`,
    ]);
  return key.toLowerCase();
}
