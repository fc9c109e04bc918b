import { BusinessObject, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index, Unique } from 'typeorm';
import type { SubscriptionState } from '../contract/index.js';

/** One application's right to call one API under a business plan. */
@Entity('subscription')
@Unique('uq_subscription', ['apiUuid', 'applicationId'])
export class Subscription extends BusinessObject {
  @UuidColumn()
  apiUuid!: string;

  @Index('ix_subscription_application')
  @Column({ type: 'int' })
  applicationId!: number;

  /** Name of the business plan. */
  @NameColumn({ length: 190 })
  tier!: string;

  @NameColumn({ length: 32 })
  state!: SubscriptionState;
}
