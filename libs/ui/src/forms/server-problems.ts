import { RestError } from '../rest/rest-error';

/**
 * Splits what the server refused into errors at fields that the form has, and the rest.
 * @param fieldOf the form's name of a field of the body: `operations[0].target` → `operations`; undefined: not here
 */
export function splitProblems(
  error: unknown,
  fieldOf: (path: string) => string | undefined,
): { readonly fields: Readonly<Record<string, string>>; readonly rest: string | null } {
  if (!(error instanceof RestError) || error.fields.length === 0)
    return { fields: {}, rest: error instanceof Error ? error.message : String(error) };
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { field, message } of error.fields) {
    const name = fieldOf(field);
    if (name === undefined) rest.push(`${field}: ${message}`);
    else fields[name] = message;
  }
  return { fields, rest: rest.length === 0 ? null : rest.join(' ') };
}
