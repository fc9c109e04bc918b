import { createHmac } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  AddressGuard,
  ApimError,
  postGuarded,
  SecretBox,
  tollgateConfig,
  tollgateLogger,
  UnavailableError,
  type Logger,
} from '@tollgate/base';
import { Database, systemContext, type Transaction } from '@tollgate/database';
import { JobQueue, JobRefusedError } from '@tollgate/jobs';
import { WorkflowSettings } from './workflow-settings.service.js';
import { WorkflowTask } from './workflow.entities.js';

export const webhookJob = 'workflow.webhook';
/** With the queue's growing delays these are about an hour. */
const maxAttempts = 12;
const timeoutMs = 10_000;
const tokenPurpose = 'workflow-callback-token';

/** What this class reads of the configuration. */
export interface WebhookConfig {
  readonly database: { readonly apim_db: { readonly type: string } };
  readonly tollgate: { readonly network: { readonly allow_private?: readonly string[] | undefined } };
}

/** Tells another system of a request, as a job that is tried again until the system took it. */
@Injectable()
export class WebhookCaller {
  private readonly guard: AddressGuard;

  constructor(
    private readonly db: Database,
    private readonly settings: WorkflowSettings,
    private readonly box: SecretBox,
    @Inject(tollgateConfig) config: WebhookConfig,
    @Inject(tollgateLogger) private readonly log: Logger,
    @Optional() @Inject(JobQueue) private readonly queue?: JobQueue,
  ) {
    const embedded = config.database.apim_db.type === 'sqlite';
    this.guard = AddressGuard.of(config.tollgate.network.allow_private ?? (embedded ? ['loopback'] : []));
  }

  /** Lets this process make the calls that any process asked for. */
  serve(): void {
    this.queue?.register(webhookJob, (payload) => this.call(payload as { reference: string; tokenSealed: string }));
  }

  /** @throws UnavailableError in a process without a job queue: nothing would ever be told */
  async enqueue(tx: Transaction, reference: string, callbackToken: string): Promise<void> {
    if (!this.queue) throw new UnavailableError('The job queue');
    const tokenSealed = this.box.seal(callbackToken, tokenPurpose);
    await this.queue.enqueue(tx, { kind: webhookJob, payload: { reference, tokenSealed }, maxAttempts });
  }

  /** A request that was decided meanwhile asks for nothing any more. */
  private async call({ reference, tokenSealed }: { reference: string; tokenSealed: string }): Promise<void> {
    const task = await this.db.manager.findOneBy(WorkflowTask, { uuid: reference, status: 'CREATED' });
    if (!task) return;
    const executor = await this.settings.executorOf(systemContext(task.organization), task.type);
    if (executor.executor !== 'webhook')
      throw new JobRefusedError('The organization has no webhook for this kind any more: an administrator decides.');
    const body = JSON.stringify({
      workflowReferenceId: task.uuid,
      workflowType: task.type,
      organization: task.organization,
      requestedBy: task.requestedBy,
      description: task.description,
      properties: task.properties,
      callback: {
        path: `/api/am/admin/v4/workflows/${task.uuid}/callback`,
        token: this.box.open(tokenSealed, tokenPurpose),
      },
    });
    const { secret } = executor;
    const headers: Record<string, string> =
      secret === undefined ? {} : { 'x-tollgate-signature': signature(body, secret) };
    try {
      await postGuarded(executor.url, body, { guard: this.guard, maxBytes: 65_536, timeoutMs, field: 'url', headers });
    } catch (error) {
      // Why it failed stays in the table of jobs; the text is ours, never the other side's.
      throw error instanceof ApimError ? new Error(error.message) : error;
    }
    this.log.info(
      { event: 'workflow.webhook_told', reference, type: task.type, organization: task.organization },
      'Webhook told of a request',
    );
  }
}

/** `sha256=` and the hex HMAC of the body. */
function signature(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`;
}
