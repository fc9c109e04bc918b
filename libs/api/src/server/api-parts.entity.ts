import { BigIntColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { LifecycleState } from '../contract/index.js';

/** OpenAPI definition of the working copy, as JSON. */
@Entity('api_definition')
export class ApiDefinition {
  @PrimaryColumn({ type: 'int' })
  apiId!: number;

  @LongTextColumn()
  text!: string;
}

export const labelKinds = [
  'tag',
  'visible-role',
  'access-role',
  'subscription-policy',
  'advanced-policy',
  'live-subscription',
  'live-advanced',
] as const;
export type LabelKind = (typeof labelKinds)[number];

/** Words of an API that queries ask for: tags, roles that see it, roles that manage it, policies that its working copy and its deployed revisions name. */
@Entity('api_label')
@Index('ix_api_label_value', ['kind', 'value'])
export class ApiLabel {
  @PrimaryColumn({ type: 'int' })
  apiId!: number;

  @PrimaryColumn({ type: 'varchar', length: 20 })
  kind!: LabelKind;

  @PrimaryColumn({ type: 'varchar', length: 190 })
  value!: string;
}

/** One change of an API's lifecycle state. */
@Entity('api_lifecycle_event')
@Index('ix_api_lifecycle_event', ['apiId', 'id'])
export class ApiLifecycleEvent {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'int' })
  apiId!: number;

  /** null: the API was created. */
  @Column({ type: 'varchar', length: 20, nullable: true })
  previousState!: LifecycleState | null;

  @Column({ type: 'varchar', length: 20 })
  postState!: LifecycleState;

  @NameColumn()
  userName!: string;

  @BigIntColumn()
  at!: number;
}
