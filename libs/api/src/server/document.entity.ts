import { BusinessObject, LongTextColumn, NameColumn } from '@tollgate/database';
import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { DocumentSource, DocumentType, DocumentVisibility } from '../domain/index.js';

/** What explains an API to its users. Belongs to the API, not to a revision: a change is seen at once. */
@Entity('api_document')
@Unique('uq_api_document_name', ['apiId', 'name'])
export class ApiDocument extends BusinessObject {
  @Column({ type: 'int' })
  apiId!: number;

  @NameColumn({ length: 60 })
  name!: string;

  @Column({ type: 'varchar', length: 20 })
  type!: DocumentType;

  /** Its kind in the author's words, when the type is OTHER. */
  @NameColumn({ length: 60, nullable: true })
  otherTypeName!: string | null;

  @LongTextColumn()
  summary!: string;

  @Column({ type: 'varchar', length: 10 })
  sourceType!: DocumentSource;

  @LongTextColumn({ nullable: true })
  sourceUrl!: string | null;

  /** Of the file that was uploaded last. */
  @NameColumn({ nullable: true })
  fileName!: string | null;

  @Column({ type: 'varchar', length: 12 })
  visibility!: DocumentVisibility;

  @NameColumn()
  createdBy!: string;

  @NameColumn()
  updatedBy!: string;
}

/** The text or the file of a document, apart from what lists read. */
@Entity('api_document_content')
export class ApiDocumentContent {
  @PrimaryColumn({ type: 'int' })
  documentId!: number;

  @NameColumn()
  mediaType!: string;

  /** Text as it is, the bytes of a file in base64. */
  @LongTextColumn()
  data!: string;
}
