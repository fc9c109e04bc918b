import { Inject, Injectable } from '@nestjs/common';
import { ApimError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, isDuplicateKey, type RequestContext, type Transaction } from '@tollgate/database';
import { IsNull, LessThan } from 'typeorm';
import { callerOf } from './caller.js';
import { IdempotentRequest } from './idempotent-request.entity.js';

export interface RepeatableRequest {
  /** Stable name of the operation. */
  readonly operation: string;
  /** `Idempotency-Key`, undefined when the sender gave none: the request is then simply done. */
  readonly key: string | undefined;
  /** Everything that was asked for: a repetition must ask for the same. */
  readonly asked: unknown;
}

export interface RepeatableSteps<T> {
  /** Does it, and returns the id of what was made. Runs once, in the transaction that also remembers the key. */
  readonly work: (tx: Transaction) => Promise<string>;
  /** Body of the answer, JSON. Runs after the commit, and its first result is what every repetition gets. */
  readonly answer: (reference: string) => Promise<T>;
}

/** How long an answer is kept at least, in milliseconds. */
const keptMs = 24 * 3_600_000;
const sweepEveryMs = 3_600_000;
const purpose = 'idempotent-request';

/**
 * Does a request once, however often it is sent with the same key: a repetition gets the same body, one that asks for
 * something else is refused, two at once wait for each other. Survives a restart: key and work are committed together.
 * A request that fails is not remembered.
 */
@Injectable()
export class IdempotencyService {
  private sweptAtMs = 0;

  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** @throws ApimError 422 when the key was used for another request; whatever `work` throws */
  async run<T>(ctx: RequestContext, request: RepeatableRequest, steps: RepeatableSteps<T>): Promise<T> {
    const { key } = request;
    if (key === undefined) return steps.answer(await this.db.transaction(ctx, steps.work));
    await this.sweep();
    const row =
      (await this.find(ctx, request.operation, key)) ?? (await this.begin(ctx, { ...request, key }, steps.work));
    if (row.requestDigest !== this.digestOf(request)) throw keyReused();
    return this.answerOf(row, steps.answer);
  }

  private async begin(
    ctx: RequestContext,
    request: RepeatableRequest & { key: string },
    work: RepeatableSteps<unknown>['work'],
  ): Promise<IdempotentRequest> {
    const { operation, key } = request;
    try {
      return await this.db.transaction(ctx, async (tx) => {
        const row = await this.remember(tx, request);
        row.reference = await work(tx);
        await tx.manager.update(IdempotentRequest, { id: row.id }, { reference: row.reference });
        return row;
      });
    } catch (error) {
      // The same key at the same time: the database let one go first, and the other finds what it did.
      const other = isDuplicateKey(error) ? await this.find(ctx, operation, key) : null;
      if (!other) throw error;
      return other;
    }
  }

  private async remember(tx: Transaction, request: RepeatableRequest & { key: string }): Promise<IdempotentRequest> {
    const row = tx.manager.create(IdempotentRequest, {
      organization: tx.organization,
      userName: callerOf(tx).userName,
      operation: request.operation,
      key: request.key,
      requestDigest: this.digestOf(request),
      reference: '',
      answerSealed: null,
      createdAt: this.clock.nowMs(),
    });
    await tx.manager.insert(IdempotentRequest, row);
    return row;
  }

  private async answerOf<T>(row: IdempotentRequest, answer: RepeatableSteps<T>['answer']): Promise<T> {
    if (row.answerSealed !== null) return this.opened<T>(row.answerSealed);
    const body = await answer(row.reference);
    const answerSealed = this.box.seal(JSON.stringify(body), purpose);
    const kept = await this.db.manager.update(
      IdempotentRequest,
      { id: row.id, answerSealed: IsNull() },
      { answerSealed },
    );
    if (kept.affected === 1) return body;
    const first = await this.db.manager.findOneByOrFail(IdempotentRequest, { id: row.id });
    return this.opened<T>(first.answerSealed ?? answerSealed);
  }

  private opened<T>(sealed: string): T {
    return JSON.parse(this.box.open(sealed, purpose)) as T;
  }

  private find(ctx: RequestContext, operation: string, key: string): Promise<IdempotentRequest | null> {
    const userName = callerOf(ctx).userName;
    return this.db.manager.findOneBy(IdempotentRequest, { organization: ctx.organization, userName, operation, key });
  }

  /** Keyed, because what is asked for may hold secrets. */
  private digestOf(request: RepeatableRequest): string {
    return this.box.digest(JSON.stringify(request.asked), purpose);
  }

  private async sweep(): Promise<void> {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.sweptAtMs < sweepEveryMs) return;
    this.sweptAtMs = nowMs;
    await this.db.manager.delete(IdempotentRequest, { createdAt: LessThan(nowMs - keptMs) });
  }
}

function keyReused(): ApimError {
  return new ApimError({
    code: 'IDEMPOTENCY_KEY_REUSED',
    status: 422,
    message: 'This Idempotency-Key was used for another request.',
    action: 'Make a new key for each request, and repeat a key with the same request only.',
  });
}
