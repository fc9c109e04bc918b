import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { loadCore } from './bench-peers.js';

export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Connections that failed or were late, and answers other than 2xx. */
  readonly errors: number;
}

const run = promisify(execFile);
const inMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** Keeps so many connections busy with one thread of wrk. @throws Error when wrk prints what cannot be read */
export async function wrk(url: string, connections: number, seconds: number, token: string): Promise<Load> {
  const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '5s'];
  const args = ['-c', loadCore, 'wrk', ...load, '-H', `authorization: Bearer ${token}`, url];
  return readWrk((await run('taskset', args)).stdout);
}

/** What wrk 4 prints with `--latency`. */
export function readWrk(text: string): Load {
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
  const latency = (share: number): number => {
    const [, value, unit = ''] = new RegExp(`\\n\\s+${share}%\\s+([\\d.]+)(us|ms|s|m)`).exec(text) ?? [];
    return Number(value) * (inMs[unit] ?? Number.NaN);
  };
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const socket = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const errors = socket.reduce((sum, count) => sum + Number(count), refused);
  const read = { perSecond, p50Ms: latency(50), p99Ms: latency(99), errors };
  if (Object.values(read).some((value) => Number.isNaN(value))) throw new Error(`wrk printed:\n${text}`);
  return read;
}
