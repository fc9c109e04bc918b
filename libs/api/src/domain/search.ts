import { InvalidInputError } from '@tollgate/base';

export const searchFields = ['name', 'version', 'context', 'status', 'provider', 'description', 'tags'] as const;
export type SearchField = (typeof searchFields)[number];

/** Names, descriptions, contexts and tags at once. */
export const anywhere = 'anywhere';

export interface SearchTerm {
  readonly field: SearchField | typeof anywhere;
  readonly value: string;
  /** Quoted: equal, byte for byte. Otherwise: contained, whatever the letter case. */
  readonly exact: boolean;
}

const synonyms: Readonly<Record<string, SearchField>> = { tag: 'tags', apiname: 'name', api_name: 'name' };
const maxTerms = 10;

/**
 * `name:pizza version:"1.0.0" shack` → three terms that must all hold.
 * @param words where a word without a field is looked for
 * @throws InvalidInputError for a field that cannot be searched
 */
export function parseSearch(query: string | undefined, words: SearchTerm['field'] = 'name'): SearchTerm[] {
  const terms: SearchTerm[] = [];
  for (const match of (query ?? '').matchAll(/(?:(\w[\w-]*):)?(?:"([^"]*)"|(\S+))/g)) {
    const [, prefix, quoted, plain] = match;
    const value = quoted ?? (plain ?? '').replaceAll('*', '');
    if (value === '') continue;
    terms.push({
      field: prefix === undefined ? words : fieldOf(prefix),
      value: value.slice(0, 300),
      exact: quoted !== undefined,
    });
  }
  if (terms.length > maxTerms)
    throw new InvalidInputError([{ field: 'query', message: `At most ${maxTerms} conditions.` }]);
  return terms;
}

function fieldOf(prefix: string): SearchField {
  const name = prefix.toLowerCase();
  const field = searchFields.find((known) => known === name) ?? synonyms[name];
  if (field) return field;
  throw new InvalidInputError([
    { field: 'query', message: `"${prefix.slice(0, 40)}:" cannot be searched; use ${searchFields.join(', ')}.` },
  ]);
}
