import { BigIntColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A job that waits, runs or was given up; one that is done is deleted. With BullMQ: one that waits for its way to Redis. */
@Entity('job')
@Unique('uq_job_key', ['kind', 'key'])
@Index('ix_job_due', ['kind', 'runAt'])
export class Job {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id!: string;

  @NameColumn({ length: 80 })
  kind!: string;

  /** JSON text. */
  @LongTextColumn()
  payload!: string;

  @BigIntColumn()
  runAt!: number;

  /** Runs that were begun. */
  @Column({ type: 'int' })
  attempts!: number;

  @Column({ type: 'int' })
  maxAttempts!: number;

  /** A worker that died holds its lock until then. */
  @BigIntColumn({ nullable: true })
  lockedUntil!: number | null;

  /** Differs with every claim, so that a worker which lost its lock cannot finish somebody else's run. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  lockedBy!: string | null;

  @LongTextColumn({ nullable: true })
  lastError!: string | null;

  /** Set while it waits for its first run, always set on recurring ones. */
  @NameColumn({ length: 190, nullable: true })
  key!: string | null;

  /** Of a recurring job: it is not deleted but waits again. */
  @BigIntColumn({ nullable: true })
  intervalMs!: number | null;

  /** When it was given up. */
  @BigIntColumn({ nullable: true })
  failedAt!: number | null;
}

export const jobEntities = [Job] as const;
