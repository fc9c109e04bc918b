import type { INestApplicationContext } from '@nestjs/common';
import { FirstStart } from './identity-settings.js';

/**
 * Prints the password that this start made for the super admin, if it made one: for the mains of processes that may be
 * the first on a database. It goes to the console and not to the log, which others read and keep.
 */
export function showMadePassword(running: { readonly http: { readonly nest: INestApplicationContext } }): void {
  const { adminPassword } = running.http.nest.get(FirstStart);
  if (adminPassword !== undefined)
    process.stdout.write(`Admin password (made for this installation, shown this once: keep it): ${adminPassword}\n`);
}
