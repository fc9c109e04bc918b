import { BusinessObject, LongTextColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Unique } from 'typeorm';

/** A rule over all requests of the installation, written by its super organization. */
@Entity('custom_rule')
@Unique('uq_custom_rule_name', ['name'])
@Unique('uq_custom_rule_key_template', ['keyTemplate'])
export class CustomRule extends BusinessObject {
  @NameColumn({ length: 60 })
  name!: string;

  @Column({ type: 'varchar', length: 1024 })
  description!: string;

  @NameColumn({ length: 190 })
  keyTemplate!: string;

  @LongTextColumn()
  siddhiQuery!: string;

  /** Gateways and traffic managers know the rule only while this is true. */
  @Column({ type: 'boolean' })
  isDeployed!: boolean;
}
