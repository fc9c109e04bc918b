import { InvalidInputError, type FieldProblem } from '@tollgate/base';
import { z } from 'zod';

/** A plain-text mail to one person. */
export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** No separators of lists, no quotes, no spaces: one recipient, and nothing that a mail server reads as more. */
const address = /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/u;
const controlCharacter = /[\p{Cc}\u2028\u2029]/u;

/** Names and versions of APIs come from users: a line break among them would add a header (CWE-93). */
export const mailMessageSchema = z.object({
  to: z.string().regex(address, 'must be one address such as ann@example.com'),
  subject: z
    .string()
    .min(1, 'must not be empty')
    .max(500, 'must have at most 500 characters')
    .refine((text) => !controlCharacter.test(text), 'must not hold line breaks or control characters'),
  text: z.string().max(100_000, 'must have at most 100000 characters'),
});

/** @throws InvalidInputError listing what is wrong with the message */
export function checkMail(message: unknown): MailMessage {
  const result = mailMessageSchema.safeParse(message);
  if (result.success) return result.data;
  const problems: FieldProblem[] = result.error.issues.map((issue) => ({
    field: issue.path.join('.') || 'mail',
    message: issue.message,
  }));
  throw new InvalidInputError(problems, 'The mail cannot be sent.');
}

export function isMailAddress(text: string): boolean {
  return address.test(text);
}
