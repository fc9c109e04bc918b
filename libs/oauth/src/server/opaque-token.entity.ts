import { BigIntColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A random text that stands for a JWT: whoever reads the table learns neither. */
@Entity('opaque_token')
export class OpaqueToken {
  @PrimaryGeneratedColumn()
  id!: number;

  /** Keyed digest of the text. */
  @NameColumn({ length: 64, unique: true })
  digest!: string;

  /** Encrypted. */
  @LongTextColumn()
  jwtSealed!: string;

  @Index('ix_opaque_token_expires')
  @BigIntColumn()
  expiresAt!: number;
}
