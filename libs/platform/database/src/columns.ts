import { Column, PrimaryGeneratedColumn, type ValueTransformer } from 'typeorm';

/** `bigint` columns arrive as text from MySQL; ours hold milliseconds and sequence numbers, far below 2^53. */
export const integerFromText: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

/** Milliseconds since the epoch, or another integer above 2^31. */
export function BigIntColumn(
  options: { nullable?: boolean; default?: number; unique?: boolean } = {},
): PropertyDecorator {
  return Column({ type: 'bigint', transformer: integerFromText, ...options });
}

/** Up to 255 characters, compared byte for byte: names, contexts, ids. */
export function NameColumn(
  options: { length?: number; nullable?: boolean; unique?: boolean; default?: string } = {},
): PropertyDecorator {
  return Column({ type: 'varchar', length: 255, ...options });
}

export function UuidColumn(options: { nullable?: boolean; unique?: boolean } = {}): PropertyDecorator {
  return Column({ type: 'varchar', length: 36, ...options });
}

/** Text of any length (`longtext` on MySQL and MariaDB, see `createDataSource`). */
export function LongTextColumn(options: { nullable?: boolean } = {}): PropertyDecorator {
  return Column({ type: 'text', ...options });
}

/** A JSON value stored as text, so that it comes back as it was written on every database. */
export function JsonColumn(options: { nullable?: boolean } = {}): PropertyDecorator {
  const transformer: ValueTransformer = {
    to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
    from: (value: string | null) => (value === null ? null : (JSON.parse(value) as unknown)),
  };
  return Column({ type: 'text', transformer, ...options });
}

/** Columns that every business object has. */
export abstract class BusinessObject {
  /** Numeric id: the one in throttle keys and joins. */
  @PrimaryGeneratedColumn()
  id!: number;

  /** The id that REST shows. */
  @UuidColumn({ unique: true })
  uuid!: string;

  /** Domain name of the organization that owns it. */
  @NameColumn({ length: 190 })
  organization!: string;

  /** Counts the changes; see `updateVersioned`. Starts at 1. */
  @Column({ type: 'int', default: 1 })
  rowVersion!: number;

  @BigIntColumn()
  createdAt!: number;

  @BigIntColumn()
  updatedAt!: number;
}
