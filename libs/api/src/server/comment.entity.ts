import { BusinessObject, NameColumn } from '@tollgate/database';
import { Column, Entity, Index } from 'typeorm';
import { longestComment, longestCommentCategory, type EntryPoint } from '../domain/index.js';

/** What somebody wrote about an API, or in reply to such a comment. Replies have none of their own. */
@Entity('api_comment')
@Index('ix_api_comment_place', ['apiId', 'parentId'])
export class ApiComment extends BusinessObject {
  @Column({ type: 'int' })
  apiId!: number;

  /** `id` of the comment that this one replies to. */
  @Column({ type: 'int', nullable: true })
  parentId!: number | null;

  @NameColumn({ length: longestComment })
  content!: string;

  @NameColumn({ length: longestCommentCategory })
  category!: string;

  @Column({ type: 'varchar', length: 10 })
  entryPoint!: EntryPoint;

  /** User name, unqualified. */
  @NameColumn()
  createdBy!: string;
}
