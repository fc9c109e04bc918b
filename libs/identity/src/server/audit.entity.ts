import { BigIntColumn, JsonColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

export const auditOutcomes = ['SUCCESS', 'FAILURE'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** Who did what, when and from where. Rows are added and never changed. */
@Entity('audit_event')
@Index('ix_audit_event_time', ['organization', 'at'])
export class AuditEvent {
  @PrimaryGeneratedColumn()
  id!: number;

  @UuidColumn({ unique: true })
  uuid!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  @BigIntColumn()
  at!: number;

  /** User name; `(unknown)` where a sign-in named nobody. */
  @NameColumn({ length: 190 })
  actor!: string;

  /** `sign-in`, or method and route: `POST /api/am/admin/v4/environments`. */
  @NameColumn({ length: 255 })
  action!: string;

  @Column({ type: 'varchar', length: 16 })
  outcome!: AuditOutcome;

  /** Of the client; empty when it is not known. */
  @NameColumn({ length: 64 })
  address!: string;

  /** `X-Request-Id` of the answer. */
  @NameColumn({ length: 64 })
  correlationId!: string;

  /** Ids in the path of the request. */
  @JsonColumn()
  target!: Readonly<Record<string, string>>;
}
