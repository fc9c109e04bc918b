import { BusinessObject, JsonColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Unique } from 'typeorm';
import type { EnvironmentPermissions, EnvironmentType, VirtualHost } from '../domain/index.js';

/** What an environment holds besides the columns that queries ask for. */
export interface EnvironmentDetails {
  readonly provider: string;
  /** Management address of its gateways as the configuration names it; '' when none. */
  readonly serviceUrl: string;
  readonly showInApiConsole: boolean;
  readonly endpointURIs: readonly { readonly protocol: string; readonly endpointURI: string }[];
  readonly additionalProperties: readonly { readonly key: string; readonly value: string }[];
  readonly permissions: EnvironmentPermissions;
  readonly apiDiscoveryScheduledWindowMinutes: number;
}

/** A group of gateways that one deploys to by name. Read-only ones come from the configuration and serve every organization. */
@Entity('environment')
@Unique('uq_environment_name', ['organization', 'name'])
export class Environment extends BusinessObject {
  @NameColumn({ length: 190 })
  name!: string;

  @NameColumn()
  displayName!: string;

  @LongTextColumn()
  description!: string;

  @Column({ type: 'varchar', length: 20 })
  type!: EnvironmentType;

  @NameColumn({ length: 80 })
  gatewayType!: string;

  @Column({ type: 'boolean' })
  isReadOnly!: boolean;

  @JsonColumn()
  vhosts!: VirtualHost[];

  @JsonColumn()
  details!: EnvironmentDetails;
}
