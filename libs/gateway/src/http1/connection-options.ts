/** The options that `Connection` fields list, in lower case. @param fields their values, joined by commas */
export function connectionOptionsOf(fields: string): string[] {
  return fields
    .toLowerCase()
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '');
}
