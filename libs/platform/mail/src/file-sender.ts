import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MailMessage } from './mail-message.js';

/** The newest stay. */
const keptMails = 200;

/** Writes mails to files of a folder, one each, which only the owner of the process reads. For an installation without a mail server. */
export class FileSender {
  constructor(private readonly folder: string) {}

  /** @param id the same id is the same file, so that a mail which was sent twice is one */
  async send({ to, subject, text }: MailMessage, id: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const head = [`To: ${to}`, `Subject: ${subject}`, 'Content-Type: text/plain; charset=utf-8'];
    const known = (await this.mails()).find((name) => name.endsWith(nameEnd(id)));
    const name = known ?? `${new Date().toISOString().replaceAll(':', '-')}${nameEnd(id)}`;
    await writeFile(join(this.folder, name), `${[...head, '', text].join('\n')}\n`, { mode: 0o600 });
    for (const old of (await this.mails()).slice(0, -keptMails)) await rm(join(this.folder, old), { force: true });
  }

  close(): void {
    // Nothing is kept open.
  }

  /** Names, the oldest first. */
  private async mails(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => name.endsWith('.eml')).toSorted();
  }
}

function nameEnd(id: string): string {
  return `_${id.replace(/[^\w-]/g, '')}.eml`;
}
