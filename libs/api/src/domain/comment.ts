import type { FieldProblem } from '@tollgate/base';

/** Where a comment was written (contract schema `Comment`). */
export const entryPoints = ['devPortal', 'publisher'] as const;
export type EntryPoint = (typeof entryPoints)[number];

export const longestComment = 512;
export const longestCommentCategory = 64;
export const generalComment = 'general';

export interface CommentInput {
  /** 1 to 512 characters of plain text; lines are kept. */
  readonly content: string;
  readonly category: string;
}

const controls = /[^\P{Cc}\n\r\t]/u;

/** What is wrong with the parts that are given. */
export function commentProblems({ content, category }: Partial<CommentInput>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (content !== undefined && (content.trim() === '' || content.length > longestComment || controls.test(content)))
    problems.push({ field: 'content', message: `Write 1 to ${longestComment} characters of text.` });
  if (category !== undefined && (category.trim() === '' || category.length > longestCommentCategory))
    problems.push({ field: 'category', message: `1 to ${longestCommentCategory} characters.` });
  return problems;
}
