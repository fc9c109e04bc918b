import { BusinessObject, JsonColumn, LongTextColumn, NameColumn } from '@tollgate/database';
import { Entity, Unique } from 'typeorm';
import type { QuotaReset } from '../contract/index.js';
import type { ApplicationStatus } from '../domain/index.js';

export const tokenTypes = ['JWT', 'OAUTH'] as const;
export type TokenType = (typeof tokenTypes)[number];

/** A client program of one person: what APIs are subscribed with and keys are made for. */
@Entity('application')
@Unique('uq_application_name', ['organization', 'owner', 'name'])
export class Application extends BusinessObject {
  /** User name, unqualified within the organization. */
  @NameColumn({ length: 190 })
  owner!: string;

  @NameColumn({ length: 100 })
  name!: string;

  /** Name of the application policy. */
  @NameColumn({ length: 190 })
  tier!: string;

  @NameColumn({ length: 16 })
  tokenType!: TokenType;

  @LongTextColumn()
  description!: string;

  @JsonColumn()
  attributes!: Record<string, string>;

  @JsonColumn()
  groups!: string[];

  /** Those of windows that are over go with the next one. */
  @JsonColumn()
  quotaResets!: readonly QuotaReset[];

  @NameColumn({ length: 32 })
  status!: ApplicationStatus;
}
