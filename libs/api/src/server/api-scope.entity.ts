import { JsonColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Entity, Index, PrimaryColumn } from 'typeorm';

/** A scope that an API defines, with the roles that may have it. Key managers ask for them by name. */
@Entity('api_scope')
@Index('ix_api_scope_name', ['organization', 'name'])
export class ApiScopeBinding {
  @PrimaryColumn({ type: 'int' })
  apiId!: number;

  @PrimaryColumn({ type: 'varchar', length: 190 })
  name!: string;

  @NameColumn({ length: 190 })
  organization!: string;

  /** Versions of one API share its scopes; APIs of different names do not. */
  @NameColumn({ length: 60 })
  apiName!: string;

  /** What people read when they consent; '' where the API says nothing. */
  @NameColumn({ default: '' })
  displayName!: string;

  @LongTextColumn({ nullable: true })
  description!: string | null;

  /** Empty: anybody. */
  @JsonColumn()
  roles!: string[];
}
