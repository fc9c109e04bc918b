import { BusinessObject, JsonColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Index, Unique } from 'typeorm';
import type { LifecycleState } from '../contract/index.js';
import type { ApiBody } from '../domain/index.js';

/** What lists show of an API's body, so that they need not read the whole of it. */
export type ApiSummary = Pick<
  ApiBody,
  | 'displayName'
  | 'description'
  | 'audience'
  | 'audiences'
  | 'transport'
  | 'tags'
  | 'policies'
  | 'securityScheme'
  | 'authorizationHeader'
  | 'apiKeyHeader'
  | 'additionalProperties'
  | 'businessInformation'
  | 'keyManagers'
  | 'gatewayType'
>;

/** The working copy of one version of an API. Gateways serve revisions of it, never this row. */
@Entity('api')
@Unique('uq_api_name_version', ['organization', 'name', 'version'])
@Unique('uq_api_context_version', ['organization', 'context', 'version'])
@Unique('uq_api_base_path', ['basePath'])
@Unique('uq_api_default_version', ['organization', 'defaultOf'])
@Index('ix_api_created', ['organization', 'createdAt'])
export class Api extends BusinessObject {
  @NameColumn({ length: 60 })
  name!: string;

  @NameColumn({ length: 232 })
  context!: string;

  @NameColumn({ length: 30 })
  version!: string;

  /** Path served. Two contexts with `{version}` may lead to the same one, so it is unique itself. */
  @NameColumn({ length: 300 })
  basePath!: string;

  @NameColumn()
  provider!: string;

  @Column({ type: 'varchar', length: 20 })
  state!: LifecycleState;

  @Column({ type: 'varchar', length: 20 })
  type!: string;

  /** The name when this is the default version, else null: the unique key lets a name have one default version only. */
  @NameColumn({ length: 60, nullable: true })
  defaultOf!: string | null;

  @Column({ type: 'varchar', length: 12 })
  visibility!: ApiBody['visibility'];

  /** Only the roles of its labels may manage it. */
  @Column({ type: 'boolean' })
  accessRestricted!: boolean;

  /** Number given to the newest revision; never given again. */
  @Column({ type: 'int', default: 0 })
  lastRevision!: number;

  /** Lower case, for searches whatever the letter case on every database. */
  @NameColumn({ length: 190 })
  searchName!: string;

  @NameColumn({ length: 240 })
  searchContext!: string;

  @LongTextColumn()
  searchDescription!: string;

  @JsonColumn()
  summary!: ApiSummary;

  @JsonColumn()
  body!: ApiBody;
}
