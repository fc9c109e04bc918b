import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { WebhookCaller } from './webhook-caller.js';
import { WorkflowSettings } from './workflow-settings.service.js';
import { Workflows } from './workflows.js';

/** Approval of requests. Needs the database, `SecretBox`, the configuration, the clock, and for webhooks the job queue. */
@Global()
@Module({ providers: [Workflows, WorkflowSettings, WebhookCaller], exports: [Workflows, WorkflowSettings] })
export class WorkflowModule implements OnModuleInit {
  constructor(private readonly webhook: WebhookCaller) {}

  onModuleInit(): void {
    this.webhook.serve();
  }
}
