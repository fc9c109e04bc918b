import { z } from 'zod';

/** Clients of the field send `null` for what they leave out. */
export function orDefault<T extends z.ZodType>(schema: T, value: z.output<T>) {
  return schema.nullish().transform((given) => (given ?? value) as z.output<T>);
}

/** A label of one line: no control characters. */
export function line(maxLength: number) {
  return z
    .string()
    .max(maxLength, `At most ${maxLength} characters.`)
    .regex(/^[^\p{Cc}]*$/u, 'Leave out line breaks and control characters.');
}

/** What names something: not empty, no blanks around it. */
export function label(maxLength: number) {
  return line(maxLength)
    .min(1, 'Say it: it is empty.')
    .regex(/^(?!\s)(?!.*\s$)/u, 'Leave out blanks before and after.');
}

/** An id that something of ours may have; anything else cannot exist and is answered like an unknown one. */
export const idText = z.string().min(1, 'Give an id.').max(190, 'At most 190 characters.');
