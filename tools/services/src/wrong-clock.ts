import { existsSync } from 'node:fs';
import { StartupError } from '@tollgate/base';
import { canUseApt, installPackages } from './apt.js';

const library = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`;

/**
 * Environment of a process whose clock is wrong by so many seconds; only what it measures, such as timers, runs as always.
 * Installs Debian's faketime where it is missing.
 * @throws StartupError naming what to install where that is not possible
 */
export async function wrongClock(seconds: number): Promise<Record<string, string>> {
  if (!existsSync(library)) {
    if (!canUseApt()) throw new StartupError(['A wrong clock needs faketime: sudo apt-get install faketime']);
    await installPackages(['faketime']);
  }
  const sign = seconds < 0 ? '-' : '+';
  return { LD_PRELOAD: library, FAKETIME: `${sign}${Math.abs(seconds)}s`, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}
