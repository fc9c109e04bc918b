import { BusinessObject, JsonColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, Index, Unique } from 'typeorm';
import type { ApiBody } from '../domain/index.js';

/** An API as it was at one moment; never changed. */
@Entity('api_revision')
@Unique('uq_api_revision_number', ['apiId', 'number'])
export class ApiRevision extends BusinessObject {
  @Column({ type: 'int' })
  apiId!: number;

  /** 1, 2, 3, …; a number is not given twice although revisions are deleted. */
  @Column({ type: 'int' })
  number!: number;

  @NameColumn()
  description!: string;

  @JsonColumn()
  body!: ApiBody;

  @LongTextColumn()
  definition!: string;
}

/** One revision serves on one environment. Deploying another there replaces it. */
@Entity('api_deployment')
@Unique('uq_api_deployment', ['apiId', 'environment'])
export class ApiDeployment extends BusinessObject {
  @Column({ type: 'int' })
  apiId!: number;

  @Index('ix_api_deployment_revision')
  @Column({ type: 'int' })
  revisionId!: number;

  @NameColumn({ length: 190 })
  environment!: string;

  @NameColumn()
  vhost!: string;

  @Column({ type: 'boolean' })
  displayOnDevportal!: boolean;
}
