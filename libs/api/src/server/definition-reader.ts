import { Worker } from 'node:worker_threads';
import type { OnModuleDestroy } from '@nestjs/common';
import {
  InvalidDefinitionError,
  type AsyncContent,
  type DefinitionContent,
  type DefinitionProblem,
  type OpenApiDefinition,
} from '../domain/index.js';

/** A definition and what it says about an API. */
export interface ReadDefinition extends Omit<OpenApiDefinition, 'locate'> {
  readonly content: DefinitionContent;
}

/** An AsyncAPI definition and what it says about an API. */
export interface ReadAsyncDefinition {
  readonly versionText: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly content: AsyncContent;
}

/** What the thread is asked. */
export interface DefinitionQuestion {
  readonly kind: 'OpenAPI' | 'AsyncAPI';
  readonly text: string;
}

/** What the thread answers. */
export type DefinitionAnswer =
  | { readonly read: ReadDefinition | ReadAsyncDefinition }
  | { readonly problems: readonly DefinitionProblem[] };

export interface ReadingLimits {
  /** For one definition, in milliseconds, counted from when its turn comes. */
  readonly timeMs: number;
  /** Of the thread's heap, in megabytes. */
  readonly memoryMb: number;
  /** An idle thread ends after this many milliseconds. */
  readonly idleMs: number;
}

const defaults: ReadingLimits = { timeMs: 30_000, memoryMb: 384, idleMs: 30_000 };

/** Node runs the compiled thread only; specs, which run from the sources, take it from where the build puts it. */
const threadUrl = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/server/definition-worker.js' : './definition-worker.js',
  import.meta.url,
);

interface Turn extends DefinitionQuestion {
  readonly resolve: (read: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Reads OpenAPI and AsyncAPI definitions in a thread of their own, one at a time, within bounds of time and memory: a definition of
 * megabytes takes seconds, and one made for harm would take minutes, in which the process could serve nobody.
 */
export class DefinitionReader implements OnModuleDestroy {
  private readonly waiting: Turn[] = [];
  private running: Turn | null = null;
  private thread: Worker | null = null;
  private timer: NodeJS.Timeout | null = null;
  private readonly limits: ReadingLimits;

  constructor(limits: Partial<ReadingLimits> = {}) {
    this.limits = { ...defaults, ...limits };
  }

  /**
   * @param text JSON or YAML
   * @throws InvalidDefinitionError with line, column and reason; also when a bound is passed
   */
  read(text: string): Promise<ReadDefinition> {
    return this.ask('OpenAPI', text);
  }

  /**
   * @param text JSON or YAML
   * @throws InvalidDefinitionError with line, column and reason; also when a bound is passed
   */
  readAsync(text: string): Promise<ReadAsyncDefinition> {
    return this.ask('AsyncAPI', text);
  }

  private ask<T>(kind: DefinitionQuestion['kind'], text: string): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ kind, text, resolve, reject });
      this.next();
    });
  }

  async onModuleDestroy(): Promise<void> {
    const thread = this.thread;
    this.drop(new Error('The process stops.'));
    for (const turn of this.waiting.splice(0)) turn.reject(new Error('The process stops.'));
    await thread?.terminate();
  }

  private next(): void {
    if (this.running) return;
    const turn = this.waiting.shift();
    const thread = turn ? (this.thread ?? this.start()) : this.thread;
    if (!turn) {
      this.after(this.limits.idleMs, () => this.drop()).unref();
      return;
    }
    this.running = turn;
    const seconds = Math.ceil(this.limits.timeMs / 1000);
    this.after(this.limits.timeMs, () =>
      this.drop(tooCostly(`It could not be read within ${seconds} s: send a smaller or simpler one`)),
    );
    thread?.postMessage({ kind: turn.kind, text: turn.text } satisfies DefinitionQuestion);
  }

  private start(): Worker {
    const thread = new Worker(threadUrl, {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: this.limits.memoryMb, stackSizeMb: 4 },
    });
    thread.unref();
    thread.on('message', (answer: DefinitionAnswer) => {
      if (thread === this.thread) this.settle(answer);
    });
    thread.on('error', (error: NodeJS.ErrnoException) => {
      if (thread !== this.thread) return;
      const exhausted = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.drop(exhausted ? tooCostly('It takes too much memory to read: send a smaller or simpler one') : error);
    });
    this.thread = thread;
    return thread;
  }

  private settle(answer: DefinitionAnswer): void {
    const turn = this.running;
    this.running = null;
    if ('read' in answer) turn?.resolve(answer.read as never); // the thread answers in the kind it was asked for
    else turn?.reject(new InvalidDefinitionError(answer.problems, turn.kind));
    this.next();
  }

  /** Ends the thread and, with it, the definition that it is reading. */
  private drop(reason?: Error): void {
    const turn = this.running;
    const thread = this.thread;
    this.running = null;
    this.thread = null;
    if (this.timer) clearTimeout(this.timer);
    void thread?.terminate();
    if (turn) turn.reject(reason ?? new Error('The thread that reads definitions ended.'));
    if (this.waiting.length > 0) this.next();
  }

  private after(ms: number, work: () => void): NodeJS.Timeout {
    if (this.timer) clearTimeout(this.timer);
    return (this.timer = setTimeout(work, ms));
  }
}

function tooCostly(reason: string): InvalidDefinitionError {
  return new InvalidDefinitionError([{ line: 1, column: 1, pointer: '', reason }]);
}
