/** The options that `Connection` fields list, in lower case. @param fields their values, joined by commas */
export function connectionOptionsOf(fields: string): readonly string[] {
  const lower = fields.toLowerCase();
  if (lower === 'keep-alive') return keepAlive; // what nearly all send
  return lower
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '');
}

const keepAlive: readonly string[] = ['keep-alive'];
