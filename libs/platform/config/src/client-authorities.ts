import { readFileSync } from 'node:fs';
import { StartupError } from '@tollgate/base';
import type { TollgateConfig } from './schema.js';

/**
 * PEM of the authorities that vouch for certificates of clients; undefined when none is configured.
 * @throws StartupError naming the file
 */
export function clientAuthorities(config: TollgateConfig): string | undefined {
  const { client_ca_file: file } = config.tollgate.management;
  if (file === undefined) return undefined;
  const pem = read(file);
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new StartupError([`${file}, named by [tollgate.management] client_ca_file, holds no PEM certificate.`]);
  return pem;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new StartupError([
      `Cannot read ${file}, named by [tollgate.management] client_ca_file. Check the path and the permissions.`,
    ]);
  }
}
