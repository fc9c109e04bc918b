import { readFileSync } from 'node:fs';
import { StartupError } from '@tollgate/base';

/** @throws StartupError naming the file */
export function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new StartupError([`Cannot read the certificate file ${file}. Check the path and the permissions.`]);
  }
}
