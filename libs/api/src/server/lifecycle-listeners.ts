import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/database';
import type { LifecycleState } from '../contract/index.js';
import type { Api } from './api.entity.js';

export interface LifecycleChange {
  /** In its new state. */
  readonly api: Pick<Api, 'id' | 'uuid' | 'organization' | 'name' | 'version' | 'provider' | 'state'>;
  readonly previousState: LifecycleState;
}

/** Runs in the transaction of the change: what it throws takes the change back. */
export type LifecycleListener = (tx: Transaction, change: LifecycleChange) => Promise<void>;

/** Parts above this domain say here what else a change of state brings about. */
@Injectable()
export class LifecycleListeners {
  private readonly listeners: LifecycleListener[] = [];

  register(listener: LifecycleListener): void {
    this.listeners.push(listener);
  }

  async notify(tx: Transaction, change: LifecycleChange): Promise<void> {
    for (const listener of this.listeners) await listener(tx, change);
  }
}
