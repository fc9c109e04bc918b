import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/database';

/** A change after which what was given to a user earlier must no longer work. */
export interface UserChange {
  readonly type: 'deleted' | 'deactivated' | 'password-changed';
  readonly organization: string;
  readonly userName: string;
}

type Listener = (tx: Transaction, change: UserChange) => Promise<void>;

/** Lets other domains act on a user's change in the transaction of the change. */
@Injectable()
export class UserEvents {
  private readonly listeners: Listener[] = [];

  register(listener: Listener): void {
    this.listeners.push(listener);
  }

  async emit(tx: Transaction, change: UserChange): Promise<void> {
    for (const listener of this.listeners) await listener(tx, change);
  }
}
