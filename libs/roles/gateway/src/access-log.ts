import { stat } from 'node:fs/promises';
import type { Logger } from '@tollgate/base';
import type { RequestRecord } from '@tollgate/gateway';
import pino from 'pino';

/** Bytes that wait for a slow disk; what comes beyond is counted and dropped, so that no request waits. */
const mostWaiting = 16 * 1024 * 1024;

/** One line of JSON per request, written in the background. A file that is moved away is opened anew, for rotation. */
export class AccessLog {
  readonly #out: ReturnType<typeof pino.destination>;
  readonly #timer: NodeJS.Timeout;
  #dropped = 0;
  #hasFailed = false;
  #inode = 0;

  constructor(
    private readonly file: string,
    private readonly log: Logger,
    /** How often it is looked whether the file was moved, in milliseconds. */
    lookEveryMs = 5_000,
  ) {
    this.#out = pino.destination({
      dest: file,
      sync: false,
      minLength: 8 * 1024,
      maxLength: mostWaiting,
      periodicFlush: 1_000,
      mkdir: true,
    });
    this.#out.on('drop', () => this.#dropped++);
    this.#out.on('error', (error: Error) => this.#failed(error));
    this.#timer = setInterval(() => void this.#look(), lookEveryMs).unref();
  }

  /** Lines that were not written because the disk did not keep up. */
  get dropped(): number {
    return this.#dropped;
  }

  write(record: RequestRecord): void {
    this.#out.write(`${JSON.stringify(record)}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#out.end();
  }

  async #look(): Promise<void> {
    const inode = await stat(this.file).then(
      ({ ino }) => ino,
      () => 0, // moved away
    );
    if (inode !== this.#inode && this.#inode !== 0) this.#out.reopen();
    this.#inode = inode;
  }

  #failed(error: Error): void {
    if (!this.#hasFailed) {
      this.log.error(
        { event: 'gateway.access_log.failed', file: this.file, reason: error.message },
        'The access log cannot be written: check the disk and [tollgate.gateway] access_log_file',
      );
    }
    this.#hasFailed = true;
  }
}
