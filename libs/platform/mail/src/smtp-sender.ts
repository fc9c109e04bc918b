import { JobRefusedError } from '@tollgate/jobs';
import { createTransport, type Transporter } from 'nodemailer';
import type { MailMessage } from './mail-message.js';
import type { MailSettings } from './mail-settings.js';

/** Hands mails to the configured SMTP server, a few connections at most. */
export class SmtpSender {
  private readonly transport: Transporter;

  constructor(private readonly settings: MailSettings) {
    const { hostname, port, tls, requireStartTls, username, password } = settings;
    this.transport = createTransport({
      host: hostname,
      port,
      secure: tls,
      requireTLS: requireStartTls,
      ...(username === null ? {} : { auth: { user: username, pass: password ?? '' } }),
      pool: true,
      maxConnections: 2,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /**
   * @param id becomes the Message-ID, so that a mail which was sent twice is seen as one by mail readers
   * @throws JobRefusedError when the server refuses for good (5xx), else the error of the connection
   */
  async send(message: MailMessage, id: string): Promise<void> {
    const domain =
      this.settings.fromAddress
        .split('@')
        .at(-1)
        ?.replace(/[^\w.-]/g, '') ?? this.settings.hostname;
    try {
      await this.transport.sendMail({
        from: this.settings.fromAddress,
        to: message.to,
        subject: message.subject,
        text: message.text,
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (error) {
      throw refusedForGood(error) ? new JobRefusedError((error as Error).message) : error;
    }
  }

  close(): void {
    this.transport.close();
  }
}

/** RFC 5321 section 4.2.1: 5yz is permanent. A failed sign-in is the operator's to mend, so it is tried again. */
function refusedForGood(error: unknown): boolean {
  const shape = error as { responseCode?: unknown; code?: unknown };
  return typeof shape.responseCode === 'number' && shape.responseCode >= 500 && shape.code !== 'EAUTH';
}
