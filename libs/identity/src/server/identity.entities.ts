import { BigIntColumn, BusinessObject, JsonColumn, LongTextColumn, NameColumn, UuidColumn } from '@tollgate/database';
import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A tenant. The numeric id is the one that throttle and event data of the field call tenant id. */
@Entity('organization')
export class Organization {
  @PrimaryGeneratedColumn()
  id!: number;

  @UuidColumn({ unique: true })
  uuid!: string;

  @NameColumn({ length: 190, unique: true })
  domain!: string;

  @Column({ type: 'boolean', default: true })
  active!: boolean;

  @BigIntColumn()
  createdAt!: number;

  /** Whether people may sign up, and what they get; null: not. */
  @JsonColumn({ nullable: true })
  selfSignUp!: object | null;

  /** Holders of these roles need a second factor; null: nobody does. */
  @JsonColumn({ nullable: true })
  secondFactorRoles!: string[] | null;
}

/** `PENDING`: signed up and not approved yet. */
export type UserStatus = 'ACTIVE' | 'LOCKED' | 'DISABLED' | 'PENDING';

@Entity('user_account')
@Unique('uq_user_account_name', ['organization', 'userName'])
export class User extends BusinessObject {
  @NameColumn({ length: 190 })
  userName!: string;

  /** PHC string: algorithm, parameters, salt and hash. `noPasswordHash`: the user has none. */
  @LongTextColumn()
  passwordHash!: string;

  @NameColumn()
  email!: string;

  @NameColumn()
  givenName!: string;

  @NameColumn()
  familyName!: string;

  @NameColumn({ length: 16 })
  status!: UserStatus;

  /** What clients keep about the user besides: names, numbers, further addresses. */
  @JsonColumn({ nullable: true })
  profile!: object | null;
}

@Entity('role')
@Unique('uq_role_name', ['organization', 'name'])
export class Role extends BusinessObject {
  @NameColumn({ length: 190 })
  name!: string;
}

@Entity('user_role')
export class UserRole {
  @PrimaryColumn({ type: 'int' })
  userId!: number;

  @Index('ix_user_role_role')
  @PrimaryColumn({ type: 'int' })
  roleId!: number;
}

/** Where an organization differs from the default scope → roles table. */
@Entity('scope_mapping')
export class ScopeMapping {
  @PrimaryColumn({ type: 'varchar', length: 190 })
  organization!: string;

  @PrimaryColumn({ type: 'varchar', length: 190 })
  scope!: string;

  @JsonColumn()
  roles!: string[];
}
