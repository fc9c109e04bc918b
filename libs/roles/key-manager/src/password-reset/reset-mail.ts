import { Injectable, type OnModuleInit } from '@nestjs/common';
import { shownUserName, superOrganization } from '@tollgate/base';
import { Database, systemContext } from '@tollgate/database';
import { passwordResetLifetimeMs, PasswordResets } from '@tollgate/identity/server';
import { JobQueue, JobRefusedError } from '@tollgate/jobs';
import { isMailAddress, Mailer } from '@tollgate/mail';
import { OAuthSettings } from '@tollgate/oauth/server';
import { z } from 'zod';
import { languages, textsIn } from '../pages/texts.js';

const kind = 'account.password-reset';
const payloadShape = z.object({
  organization: z.string(),
  userName: z.string(),
  language: z.enum(languages),
});
export type ResetRequest = z.infer<typeof payloadShape>;

/**
 * Looks up who asked for a new password, and sends the mail: outside the request, so that neither its answer nor its time
 * tells whether the user exists.
 */
@Injectable()
export class ResetMail implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly queue: JobQueue,
    private readonly resets: PasswordResets,
    private readonly mailer: Mailer,
    private readonly settings: OAuthSettings,
  ) {}

  onModuleInit(): void {
    this.queue.register(kind, async (payload) => {
      const asked = payloadShape.safeParse(payload);
      if (!asked.success) throw new JobRefusedError('The request for a new password is malformed.');
      await this.send(asked.data);
    });
  }

  /** Whether mails reach anybody. */
  get isOn(): boolean {
    return this.mailer.delivers;
  }

  async request(asked: ResetRequest): Promise<void> {
    await this.queue.enqueue(null, { kind, payload: asked });
  }

  /** Token and mail in one transaction: a job that runs again after it finds what it did, and at most sends another. */
  private async send({ organization, userName, language }: ResetRequest): Promise<void> {
    const texts = textsIn(language);
    await this.db.transaction(systemContext(organization, kind), async (tx) => {
      const begun = await this.resets.begin(tx, organization, userName);
      if (!begun || !isMailAddress(begun.user.email)) return;
      const tenant = organization === superOrganization ? '' : `/t/${organization}`;
      const link = `${this.settings.baseUrl}${tenant}/oauth2/password-reset?token=${begun.token}`;
      const user = shownUserName(userName, organization);
      const minutes = String(passwordResetLifetimeMs / 60_000);
      await this.mailer.send(tx, {
        to: begun.user.email,
        subject: texts('reset.mail-subject'),
        text: texts('reset.mail-text', { user, link, minutes }),
      });
    });
  }
}
