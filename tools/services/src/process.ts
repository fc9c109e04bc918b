import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { StartupError } from '@tollgate/base';
import { pidsFile } from './leftovers.js';

export interface ServerPlan {
  readonly name: string;
  /** Folder of its own: data, log and pids. */
  readonly dir: string;
  readonly port: number;
  readonly url: string;
  readonly bin: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly ready: (port: number) => Promise<boolean>;
  /** Where a server that starts through a shell writes the pid of the real process. */
  readonly pidFile?: string;
  /** The server's own control command. */
  readonly controlBin?: string;
}

const run = promisify(execFile);

const readyWithinMs = 90_000;
const stopWithinMs = 20_000;

/** One server process that can be stopped, killed and started again on the same port and data. */
export class PrivateServer {
  private child: ChildProcess | null = null;
  readonly name: string;
  readonly port: number;
  readonly url: string;

  constructor(private readonly plan: ServerPlan) {
    this.name = plan.name;
    this.port = plan.port;
    this.url = plan.url;
  }

  /** Process id of the server itself, not of a shell around it. */
  get pid(): number {
    const { pidFile } = this.plan;
    if (pidFile && existsSync(pidFile)) return Number(readFileSync(pidFile, 'utf8').trim());
    if (this.child?.pid === undefined) throw new Error(`${this.name} was not started`);
    return this.child.pid;
  }

  /** false: it was ended, or has ended by itself. */
  get running(): boolean {
    return this.child !== null && !hasEnded(this.child);
  }

  /** Starts it and waits until it answers. @throws StartupError with the end of its log */
  async start(): Promise<void> {
    if (await listensAlready(this.plan))
      throw new StartupError([
        `Port ${this.port} for ${this.name} is taken. Stop what uses it, or choose another port.`,
      ]);
    const { dir, bin, args, env, pidFile } = this.plan;
    mkdirSync(dir, { recursive: true });
    if (pidFile) rmSync(pidFile, { force: true });
    const log = openSync(this.logFile, 'a');
    const child = spawn(bin, args, {
      cwd: dir,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.child = child;
    child.once('error', (error) => writeFileSync(this.logFile, `${error.message}\n`, { flag: 'a' }));
    this.notePids();
    await this.untilReady(child);
    this.notePids();
  }

  /** Asks it to end, and ends it after 20 s. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Starts it again on the same port and data. */
  async again(): Promise<void> {
    await this.start();
  }

  /** Loses what the stopped server had written, as a machine with a lost disk would. @param name of a folder in its own */
  wipe(name: string): void {
    if (this.running) throw new Error(`${this.name} still runs`);
    rmSync(join(this.plan.dir, name), { recursive: true, force: true });
  }

  /** Freezes it: connections stay open and nothing answers. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Runs the server's control command, `rabbitmqctl` for example; gives what it prints. */
  async control(...args: readonly string[]): Promise<string> {
    const { controlBin, env, dir } = this.plan;
    if (controlBin === undefined) throw new Error(`${this.name} has no control command`);
    const { stdout } = await run(controlBin, args, { cwd: dir, env: { ...process.env, ...env } });
    return stdout;
  }

  private get logFile(): string {
    return join(this.plan.dir, 'log');
  }

  private notePids(): void {
    const pids = new Set([this.child?.pid, this.child?.pid === undefined ? undefined : this.pid]);
    writeFileSync(join(this.plan.dir, pidsFile), `${[...pids].filter((pid) => pid !== undefined).join('\n')}\n`);
  }

  private async untilReady(child: ChildProcess): Promise<void> {
    const until = Date.now() + readyWithinMs;
    while (Date.now() < until) {
      if (hasEnded(child) || child.pid === undefined) throw this.failed('ended instead of starting');
      if (await this.plan.ready(this.port)) return;
      await sleep(50);
    }
    await this.kill();
    throw this.failed(`did not answer within ${readyWithinMs / 1000} s`);
  }

  private failed(what: string): StartupError {
    const tail = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n    ');
    return new StartupError([`${this.name} ${what}. Its log, ${this.logFile}, ends with:\n    ${tail}`]);
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.child;
    if (!child || hasEnded(child)) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    signalProcess(this.pid, signal);
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), stopWithinMs);
    await gone;
    clearTimeout(timer);
    rmSync(join(this.plan.dir, pidsFile), { force: true });
  }
}

function listensAlready(plan: ServerPlan): Promise<boolean> {
  return plan.ready(plan.port);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) signalProcess(-child.pid, signal);
}

/** Already gone is what was wanted. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
