import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  ApimError,
  ConflictError,
  NotFoundError,
  SecretBox,
  tollgateClock,
  UnauthenticatedError,
  type Clock,
} from '@tollgate/base';
import { Database, isDuplicateKey, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { In, Like } from 'typeorm';
import type { WorkflowType } from '../contract/index.js';
import { WebhookCaller } from './webhook-caller.js';
import { WorkflowSettings } from './workflow-settings.service.js';
import { WorkflowTask } from './workflow.entities.js';

const payloadPurpose = 'workflow-payload';
const callbackPurpose = 'workflow-callback';

export interface WorkflowRequest {
  readonly type: WorkflowType;
  /** UUID of what it is about, or `uuid:part`; one decision of a kind at a time waits for it. */
  readonly subject: string;
  /** One sentence for those who decide. */
  readonly description: string;
  readonly properties: Readonly<Record<string, string>>;
  /** JSON that comes back to the handler. */
  readonly payload?: unknown;
}

/** Of a request: it may go on at once, or it waits under this reference. */
export type WorkflowOutcome =
  | { readonly status: 'APPROVED' }
  | { readonly status: 'CREATED'; readonly reference: string };

export interface DecidedTask {
  readonly reference: string;
  readonly subject: string;
  readonly requestedBy: string;
  readonly payload: unknown;
}

/** What a domain does with a decision, in its transaction. `tx` acts as who asked. Attributes come from who decided. */
export interface WorkflowHandler {
  approve(tx: Transaction, task: DecidedTask): Promise<void>;
  reject(tx: Transaction, task: DecidedTask): Promise<void>;
}

export interface Decision {
  readonly status: 'APPROVED' | 'REJECTED';
  readonly description?: string | undefined;
}

export interface TaskFilter {
  readonly type?: WorkflowType | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Requests that may need approval: begun by domains, decided by people or systems. */
@Injectable()
export class Workflows {
  private readonly handlers = new Map<WorkflowType, WorkflowHandler>();

  constructor(
    private readonly db: Database,
    private readonly settings: WorkflowSettings,
    private readonly webhook: WebhookCaller,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** One handler a kind, in `onModuleInit`. */
  register(type: WorkflowType, handler: WorkflowHandler): void {
    this.handlers.set(type, handler);
  }

  /** @throws ConflictError when the subject waits for a decision of this kind already */
  async begin(tx: Transaction, request: WorkflowRequest): Promise<WorkflowOutcome> {
    const executor = await this.settings.executorOf(tx, request.type);
    if (executor.executor === 'simple') return { status: 'APPROVED' };
    const callbackToken = executor.executor === 'webhook' ? randomBytes(32).toString('base64url') : null;
    const task = await this.insert(tx, request, callbackToken);
    if (callbackToken !== null) await this.webhook.enqueue(tx, task.uuid, callbackToken);
    return { status: 'CREATED', reference: task.uuid };
  }

  /** Oldest first; only those that wait. */
  async waiting(ctx: RequestContext, filter: TaskFilter): Promise<{ rows: WorkflowTask[]; total: number }> {
    const { organization } = ctx;
    const where = { organization, status: 'CREATED' as const, ...(filter.type ? { type: filter.type } : {}) };
    const [rows, total] = await managerOf(this.db, ctx).findAndCount(WorkflowTask, {
      where,
      order: { id: 'ASC' },
      skip: filter.offset,
      take: filter.limit,
    });
    return { rows, total };
  }

  /** @throws NotFoundError when nothing waits under this reference in the organization */
  async get(ctx: RequestContext, reference: string): Promise<WorkflowTask> {
    const { organization } = ctx;
    const where = { organization, uuid: reference, status: 'CREATED' as const };
    const found = await managerOf(this.db, ctx).findOneBy(WorkflowTask, where);
    if (!found) throw new NotFoundError('Workflow request', reference);
    return found;
  }

  /** What waits for a subject, with what was kept for its handler. */
  async pendingOf(
    ctx: RequestContext,
    types: readonly WorkflowType[],
    subjects: readonly string[],
  ): Promise<(DecidedTask & { readonly type: WorkflowType; readonly createdAt: number })[]> {
    if (subjects.length === 0) return [];
    const { organization } = ctx;
    const where = { organization, type: In([...types]), pendingSubject: In([...subjects]) };
    const rows = await managerOf(this.db, ctx).find(WorkflowTask, { where, order: { id: 'ASC' } });
    return rows.map((row) => ({ ...this.decided(row), type: row.type, createdAt: row.createdAt }));
  }

  /** Does what was asked, or calls it off. Of any number of decisions one counts. @throws NotFoundError, and whatever the handler throws */
  async decide(ctx: RequestContext, reference: string, decision: Decision): Promise<void> {
    await this.db.transaction(ctx, async (tx) => {
      const task = await this.close(tx, reference, decision);
      const handler = this.handlers.get(task.type);
      if (!handler) throw notServed(task.type);
      // In the name of who asked, with the rights of who decided.
      const asked = { ...tx, principal: { userName: task.requestedBy, roles: ['admin'], scopes: [] } };
      if (decision.status === 'APPROVED') await handler.approve(asked, this.decided(task));
      else await handler.reject(asked, this.decided(task));
    });
  }

  /** A decision by the system that a webhook told. @throws UnauthenticatedError for a token that is not the task's */
  async decideByToken(correlationId: string, reference: string, token: string, decision: Decision): Promise<void> {
    const where = {
      uuid: reference,
      status: 'CREATED' as const,
      callbackDigest: this.box.digest(token, callbackPurpose),
    };
    const task = await this.db.manager.findOneBy(WorkflowTask, where);
    if (!task)
      throw new UnauthenticatedError(
        'This is no token of a request that waits.',
        'Send the callbackToken of the request once.',
      );
    await this.decide({ organization: task.organization, principal: null, correlationId }, reference, decision);
  }

  /**
   * Takes back what waits for a subject, or for a part of it (`subject:part`): who asked thought better of it, or the
   * subject is gone.
   * @returns how many
   */
  async cancel(tx: Transaction, types: readonly WorkflowType[], subject: string): Promise<number> {
    const own = { organization: tx.organization, type: In([...types]) };
    const where = [
      { ...own, pendingSubject: subject },
      { ...own, pendingSubject: Like(`${subject}:%`) },
    ];
    const rows = await tx.manager.find(WorkflowTask, { select: { id: true }, where });
    if (rows.length === 0) return 0;
    return (
      (await tx.manager.delete(WorkflowTask, { id: In(rows.map(({ id }) => id)), status: 'CREATED' })).affected ?? 0
    );
  }

  private async insert(tx: Transaction, request: WorkflowRequest, callbackToken: string | null): Promise<WorkflowTask> {
    const now = this.clock.nowMs();
    const task = tx.manager.create(WorkflowTask, {
      uuid: randomUUID(),
      organization: tx.organization,
      rowVersion: 1,
      createdAt: now,
      updatedAt: now,
      type: request.type,
      status: 'CREATED',
      subject: request.subject,
      pendingSubject: request.subject,
      requestedBy: tx.principal?.userName ?? '',
      description: request.description,
      properties: { ...request.properties },
      payloadSealed: this.box.seal(JSON.stringify(request.payload ?? null), payloadPurpose),
      callbackDigest: callbackToken === null ? null : this.box.digest(callbackToken, callbackPurpose),
      decidedBy: null,
      decisionText: null,
    });
    try {
      await tx.manager.insert(WorkflowTask, task);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      throw new ConflictError(
        'WORKFLOW_PENDING',
        'This waits for a decision already.',
        'Wait for it, or take the request back.',
      );
    }
    return task;
  }

  /** The update holds the row: another decision at the same time finds it closed. */
  private async close(tx: Transaction, reference: string, decision: Decision): Promise<WorkflowTask> {
    const where = { organization: tx.organization, uuid: reference, status: 'CREATED' as const };
    const closed = await tx.manager.update(WorkflowTask, where, {
      status: decision.status,
      pendingSubject: null,
      decidedBy: tx.principal?.userName ?? 'webhook',
      decisionText: decision.description ?? null,
      updatedAt: this.clock.nowMs(),
    });
    if (closed.affected !== 1) throw new NotFoundError('Workflow request', reference);
    return tx.manager.findOneByOrFail(WorkflowTask, { uuid: reference });
  }

  private decided({ uuid, subject, requestedBy, payloadSealed }: WorkflowTask): DecidedTask {
    const payload = JSON.parse(this.box.open(payloadSealed, payloadPurpose)) as unknown;
    return { reference: uuid, subject, requestedBy, payload };
  }
}

function notServed(type: WorkflowType): ApimError {
  return new ApimError({
    code: 'WORKFLOW_NOT_SERVED',
    status: 503,
    message: `This process cannot decide requests of the kind ${type}.`,
    action: 'Send the decision to a control plane that serves the part which asked.',
    retryAfterSeconds: 60,
  });
}
