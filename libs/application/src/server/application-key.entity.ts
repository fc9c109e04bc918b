import { BusinessObject, NameColumn } from '@tollgate/database';
import { Column, Entity, Unique } from 'typeorm';
import type { KeyType } from '../contract/index.js';

/** A key mapping: the OAuth client that one key manager keeps for an application and key type. */
@Entity('application_key')
@Unique('uq_application_key_type', ['applicationId', 'keyManager', 'keyType'])
@Unique('uq_application_key_client', ['keyManager', 'consumerKey'])
export class ApplicationKey extends BusinessObject {
  @Column({ type: 'int' })
  applicationId!: number;

  @NameColumn({ length: 190 })
  keyManager!: string;

  @NameColumn({ length: 16 })
  keyType!: KeyType;

  @NameColumn({ length: 190 })
  consumerKey!: string;

  /** `CREATED`: the client was made here; `MAPPED`: it was brought along. */
  @NameColumn({ length: 16 })
  mode!: 'CREATED' | 'MAPPED';
}
