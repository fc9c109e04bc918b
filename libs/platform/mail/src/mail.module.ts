import { Global, Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { tollgateConfig, tollgateLogger, type Logger } from '@tollgate/base';
import { JobQueue } from '@tollgate/jobs';
import { mailFolder, mailSettings, type MailConfig } from './mail-settings.js';
import { Mailer } from './mailer.js';

/** Gives every module the `Mailer`; needs the `JobQueue`. */
@Global()
@Module({
  providers: [
    {
      provide: Mailer,
      useFactory: (queue: JobQueue, config: MailConfig, log: Logger) =>
        new Mailer(queue, mailSettings(config), log, mailFolder(config)),
      inject: [JobQueue, tollgateConfig, tollgateLogger],
    },
  ],
  exports: [Mailer],
})
export class MailModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly mailer: Mailer,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.mailer.serve();
    if (!this.mailer.enabled)
      this.log.info(
        { event: 'mail.off', toFiles: this.mailer.delivers },
        'No mail is sent: [output_adapter.email] is not set',
      );
  }

  /** After the job queue was drained. */
  onApplicationShutdown(): void {
    this.mailer.close();
  }
}
