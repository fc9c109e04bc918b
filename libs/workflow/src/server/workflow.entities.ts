import { BigIntColumn, BusinessObject, JsonColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { WorkflowStatus, WorkflowType } from '../contract/index.js';
import type { WorkflowExtensions } from '../domain/index.js';

/** A request that waits for a decision, or was decided. */
@Entity('workflow_task')
@Unique('uq_workflow_task_pending', ['organization', 'type', 'pendingSubject'])
export class WorkflowTask extends BusinessObject {
  @Index('ix_workflow_task_type')
  @NameColumn({ length: 64 })
  type!: WorkflowType;

  @NameColumn({ length: 16 })
  status!: WorkflowStatus;

  /** Id of what the request is about, in the domain that asks. */
  @Index('ix_workflow_task_subject')
  @NameColumn({ length: 190 })
  subject!: string;

  /** The subject while it waits, null afterwards: one thing waits for one decision of a kind at a time. */
  @NameColumn({ length: 190, nullable: true })
  pendingSubject!: string | null;

  /** User name of who asked. */
  @NameColumn({ length: 190 })
  requestedBy!: string;

  @LongTextColumn()
  description!: string;

  /** What those who decide are shown. */
  @JsonColumn()
  properties!: Record<string, string>;

  /** What the domain needs to do it, sealed: it may hold secrets. */
  @LongTextColumn()
  payloadSealed!: string;

  /** Keyed digest of the token that a webhook answers with; null with other executors. */
  @NameColumn({ length: 64, nullable: true })
  callbackDigest!: string | null;

  @NameColumn({ length: 190, nullable: true })
  decidedBy!: string | null;

  @LongTextColumn({ nullable: true })
  decisionText!: string | null;
}

/** How an organization decides. */
@Entity('workflow_setting')
export class WorkflowSetting {
  @PrimaryColumn({ type: 'varchar', length: 190 })
  organization!: string;

  /** `WorkflowExtensions` with sealed secrets. */
  @JsonColumn()
  extensions!: WorkflowExtensions;

  @BigIntColumn()
  updatedAt!: number;
}

export const workflowEntities = [WorkflowTask, WorkflowSetting] as const;
