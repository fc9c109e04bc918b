import { BusinessObject, JsonColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Unique } from 'typeorm';
import type { DenyConditionRecord } from '../contract/index.js';

@Entity('deny_condition')
@Unique('uq_deny_condition_value', ['organization', 'type', 'valueHash'])
export class DenyCondition extends BusinessObject {
  @NameColumn({ length: 16 })
  type!: DenyConditionRecord['type'];

  @JsonColumn()
  value!: DenyConditionRecord['value'];

  /** SHA-256 of the value's JSON: makes values of any length unique. */
  @NameColumn({ length: 64 })
  valueHash!: string;

  /** Gateways know the condition only while this is true. */
  @Column({ type: 'boolean' })
  status!: boolean;
}
