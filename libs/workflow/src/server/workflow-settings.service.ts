import { Inject, Injectable } from '@nestjs/common';
import { InvalidInputError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import type { WorkflowType } from '../contract/index.js';
import {
  extensionNames,
  hiddenSecret,
  simple,
  type ExtensionName,
  type WorkflowExecutor,
  type WorkflowExtensions,
} from '../domain/index.js';
import { WorkflowSetting } from './workflow.entities.js';

const purpose = 'workflow-webhook';

/** Which executor an organization has for which kind. */
@Injectable()
export class WorkflowSettings {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /** With its secret in clear text. */
  async executorOf(ctx: RequestContext, type: WorkflowType): Promise<WorkflowExecutor> {
    const stored = await this.stored(ctx);
    const found = Object.entries(stored).find(([name]) => extensionNames[name as ExtensionName] === type)?.[1];
    if (found?.executor !== 'webhook' || found.secret === undefined) return found ?? simple;
    return { ...found, secret: this.box.open(found.secret, purpose) };
  }

  /** As the tenant configuration shows it: secrets are hidden. */
  async get(ctx: RequestContext): Promise<WorkflowExtensions> {
    return mapped(await this.stored(ctx), () => hiddenSecret);
  }

  /** Replaces all of them. @throws InvalidInputError for a hidden secret where there is none */
  async set(tx: Transaction, extensions: WorkflowExtensions): Promise<void> {
    const before = await this.stored(tx);
    const sealed = mapped(extensions, (secret, name) => this.sealed(secret, name, before));
    const row = { organization: tx.organization, extensions: sealed, updatedAt: this.clock.nowMs() };
    await tx.manager.upsert(WorkflowSetting, row, ['organization']);
  }

  private sealed(secret: string, name: string, before: WorkflowExtensions): string {
    if (secret !== hiddenSecret) return this.box.seal(secret, purpose);
    const kept = before[name as ExtensionName];
    if (kept?.executor === 'webhook' && kept.secret !== undefined) return kept.secret;
    throw new InvalidInputError([
      { field: `WorkflowExtensions.${name}.secret`, message: 'There is no secret to keep: send a new one.' },
    ]);
  }

  private async stored(ctx: RequestContext): Promise<WorkflowExtensions> {
    const { organization } = ctx;
    return (await managerOf(this.db, ctx).findOneBy(WorkflowSetting, { organization }))?.extensions ?? {};
  }
}

function mapped(extensions: WorkflowExtensions, change: (secret: string, name: string) => string): WorkflowExtensions {
  const entries = Object.entries(extensions).map(([name, executor]) =>
    executor.executor === 'webhook' && executor.secret !== undefined
      ? [name, { ...executor, secret: change(executor.secret, name) }]
      : [name, executor],
  );
  return Object.fromEntries(entries) as WorkflowExtensions;
}
