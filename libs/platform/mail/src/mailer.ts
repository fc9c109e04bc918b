import { InvalidInputError, type Logger } from '@tollgate/base';
import type { Transaction } from '@tollgate/database';
import { JobRefusedError, type JobQueue } from '@tollgate/jobs';
import { checkMail, type MailMessage } from './mail-message.js';
import type { MailSettings } from './mail-settings.js';
import { FileSender } from './file-sender.js';
import { SmtpSender } from './smtp-sender.js';

const kind = 'mail.send';
/** With the queue's growing delays these are about an hour: a mail server that restarts loses nothing. */
const maxAttempts = 12;

/**
 * Mail to people. Without `[output_adapter.email]` it is written to files where a folder is given, as in the embedded
 * default; else it is off: nothing is kept, nothing is sent.
 */
export class Mailer {
  private readonly sender: SmtpSender | FileSender | null;

  constructor(
    private readonly queue: JobQueue,
    private readonly settings: MailSettings | null,
    private readonly log: Logger,
    folder: string | null = null,
  ) {
    this.sender = settings ? new SmtpSender(settings) : folder === null ? null : new FileSender(folder);
  }

  /** Mails reach mailboxes; shown in the settings of the portals. */
  get enabled(): boolean {
    return this.settings !== null;
  }

  /** Mails reach mailboxes, or files that the operator reads. */
  get delivers(): boolean {
    return this.sender !== null;
  }

  /** Lets this process send what any process asked for. */
  serve(): void {
    const { sender } = this;
    if (!sender) return;
    this.queue.register(kind, async (payload, run) => {
      await sender.send(readMail(payload), run.id);
      this.log.info({ event: 'mail.sent', jobId: run.id, attempt: run.attempt }, 'Mail sent');
    });
  }

  /**
   * Asks for a mail in the transaction of the change that it tells about.
   * @returns whether mail is on
   * @throws InvalidInputError when address or subject could be read as something else
   */
  async send(tx: Transaction | null, message: MailMessage): Promise<boolean> {
    const payload = checkMail(message);
    if (!this.sender) return false;
    await this.queue.enqueue(tx, { kind, payload, maxAttempts });
    return true;
  }

  close(): void {
    this.sender?.close();
  }
}

/** What came from the queue is checked again: it may have been written by another version. */
function readMail(payload: unknown): MailMessage {
  try {
    return checkMail(payload);
  } catch (error) {
    if (error instanceof InvalidInputError)
      throw new JobRefusedError(error.fields.map((field) => `${field.field} ${field.message}`).join('; '));
    throw error;
  }
}
