import { Entity, PrimaryColumn } from 'typeorm';

/** Default policies that an organization has been given, so that those that it deletes do not come back. */
@Entity('given_policies')
export class GivenPolicies {
  @PrimaryColumn({ type: 'varchar', length: 190 })
  organization!: string;

  /** What was given together, for example `event-plans`. */
  @PrimaryColumn({ type: 'varchar', length: 32 })
  name!: string;
}
