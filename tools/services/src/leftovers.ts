import { existsSync, globSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '@tollgate/base';

/** In the folder of each server: its process ids, one per line. */
export const pidsFile = 'server.pids';
/** In the folder of all servers: who started them, as `pid start-time`. */
export const ownerFile = 'owner';

/**
 * Ends servers that a killed earlier run left in this folder.
 * A recorded pid may belong to somebody else by now, so only a process that works in this very folder is ended.
 * @throws StartupError when the run that owns the folder is still alive
 */
export async function endLeftovers(folder: string): Promise<number> {
  if (ownerIsAlive(folder))
    throw new StartupError([`${folder} is in use by a run that is still alive. Stop it first, or use another folder.`]);
  const pids = globSync(`*/${pidsFile}`, { cwd: folder })
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 1 && worksIn(pid, folder));
  for (const pid of new Set(pids)) await endProcess(pid, folder);
  return pids.length;
}

/** Whether a process has this folder in its command line or as its working directory (redis and epmd show only the latter). */
export function worksIn(pid: number, folder: string): boolean {
  const inside = resolve(folder) + sep;
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(inside)) return true;
    return (readlinkSync(`/proc/${pid}/cwd`) + sep).startsWith(inside);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false; // gone, or not ours
    throw error;
  }
}

async function endProcess(pid: number, folder: string): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', 10_000],
    ['SIGKILL', 5000],
  ] as const) {
    if (!worksIn(pid, folder)) return;
    process.kill(pid, signal);
    const until = Date.now() + waitMs;
    while (Date.now() < until && worksIn(pid, folder)) await sleep(50);
  }
}

/** What to write into `ownerFile`: the start time tells a pid that was given out again from the old one. */
export function ownerMark(pid = process.pid): string {
  return `${pid} ${startTime(pid)}`;
}

function ownerIsAlive(folder: string): boolean {
  const file = join(folder, ownerFile);
  if (!existsSync(file)) return false;
  const mark = readFileSync(file, 'utf8').trim();
  const pid = Number(mark.split(' ')[0]);
  return isAlive(pid) && mark === ownerMark(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/pid/stat; empty where there is no /proc, and for a dead process that nobody has waited for yet. */
function startTime(pid: number): string {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return '';
  const afterName = readFileSync(file, 'utf8').replace(/^.*\) /s, '');
  const fields = afterName.split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}
