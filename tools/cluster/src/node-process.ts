import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface NodeProcessOptions {
  /** Shown in messages, for example `gateway-1`. */
  readonly name: string;
  /** Compiled entry point of an app. */
  readonly main: string;
  readonly arguments: readonly string[];
  /** Working folder: holds `deployment.toml`, `data` and the log. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One line of the process's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly event?: string };

/** A Tollgate process with its own folder: started, watched, killed and started again. */
export class NodeProcess {
  private child: ChildProcess | null = null;
  private output = '';
  private exited: Promise<number | null> = Promise.resolve(null);

  constructor(readonly options: NodeProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Everything the process printed since its last start. */
  get printed(): string {
    return this.output;
  }

  get running(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * Starts and resolves once the process says that it serves.
   * @param env beside that of its options, for this start only
   * @throws Error with the last lines it printed when it ends or is not ready in time
   */
  async start(readyWithinMs = 60_000, env: Readonly<Record<string, string>> = {}): Promise<void> {
    if (!existsSync(this.options.main))
      throw new Error(`${this.options.main} is not built. Run "npm run build" first.`);
    this.output = '';
    const child = spawn(process.execPath, [this.options.main, ...this.options.arguments], {
      cwd: this.options.folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.options.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => this.record(chunk.toString()));
    await this.waitFor('process.ready', readyWithinMs);
  }

  private record(text: string): void {
    this.output += text;
    appendFileSync(join(this.options.folder, 'output.log'), text);
  }

  /** Log lines with this event, oldest first. */
  logged(event: string): LogLine[] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('{') && line.includes(event))
      .map((line) => JSON.parse(line) as LogLine)
      .filter((line) => line.event === event);
  }

  /** Resolves when the process has logged `event`. @throws Error when it ends first or takes too long */
  async waitFor(event: string, withinMs: number): Promise<LogLine> {
    const end = performance.now() + withinMs;
    for (;;) {
      const line = this.logged(event).at(-1);
      if (line) return line;
      if (!this.running)
        throw new Error(`${this.name} ended (${this.child?.exitCode ?? this.child?.signalCode}):\n${this.tail()}`);
      if (performance.now() > end)
        throw new Error(`${this.name} did not log ${event} within ${withinMs} ms:\n${this.tail()}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  private tail(): string {
    return this.output.split('\n').slice(-20).join('\n');
  }

  /** SIGTERM. @returns the exit code */
  async stop(): Promise<number | null> {
    if (this.running) this.child?.kill('SIGTERM');
    return this.exited;
  }

  /** SIGKILL: what a crash or a power cut of the process looks like. */
  async kill(): Promise<void> {
    if (this.running) this.child?.kill('SIGKILL');
    await this.exited;
  }

  /** Freezes it: its connections stay open and nothing answers. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** Loses a folder of the stopped process, as a machine with a lost disk would. */
  wipe(name: string): void {
    if (this.running) throw new Error(`${this.name} still runs`);
    rmSync(join(this.options.folder, name), { recursive: true, force: true });
  }

  /** Resolves with the exit code when the process ends by itself. */
  ended(): Promise<number | null> {
    return this.exited;
  }
}
