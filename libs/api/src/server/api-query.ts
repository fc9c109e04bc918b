import type { SelectQueryBuilder } from 'typeorm';
import { anywhere, parseSearch, type SearchField, type SearchTerm } from '../domain/index.js';
import type { Api } from './api.entity.js';
import { ApiLabel } from './api-parts.entity.js';
import { viewColumns, viewOf, type ApiView } from './api-view.js';

export const sortKeys = ['name', 'version', 'createdTime', 'status'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface ApiListRequest {
  readonly limit: number;
  readonly offset: number;
  readonly sortBy?: SortKey | undefined;
  readonly sortOrder?: 'asc' | 'desc' | undefined;
  /** As in the contracts: `name:pizza version:"1.0.0" shack`. */
  readonly search?: string | undefined;
  /** Where words without a field are looked for; names when absent. */
  readonly words?: SearchTerm['field'] | undefined;
}

export interface ApiPage {
  readonly list: readonly ApiView[];
  readonly total: number;
}

const sortColumns: Readonly<Record<SortKey, string>> = {
  name: 'api.name',
  version: 'api.version',
  createdTime: 'api.createdAt',
  status: 'api.state',
};
/** Column for an exact term, and the one that holds it in lower case. */
const columns: Readonly<Record<Exclude<SearchField, 'tags'>, readonly [exact: string, contained: string]>> = {
  name: ['api.name', 'api.searchName'],
  context: ['api.context', 'api.searchContext'],
  version: ['api.version', 'api.version'],
  status: ['api.state', 'LOWER(api.state)'],
  provider: ['api.provider', 'LOWER(api.provider)'],
  description: ['api.searchDescription', 'api.searchDescription'],
};

/** One page of what `query` may see. Column names come from the tables above only; values are always parameters. */
export async function pageOfApis(query: SelectQueryBuilder<Api>, request: ApiListRequest): Promise<ApiPage> {
  parseSearch(request.search, request.words).forEach((term, i) => addTerm(query, term, `term${i}`));
  const direction = request.sortOrder === 'asc' ? 'ASC' : 'DESC';
  const [rows, total] = await query
    .select(viewColumns.map((column) => `api.${column}`))
    .orderBy(sortColumns[request.sortBy ?? 'createdTime'], direction)
    .addOrderBy('api.id', direction)
    .take(request.limit)
    .skip(request.offset)
    .getManyAndCount();
  return { list: rows.map(viewOf), total };
}

function addTerm(query: SelectQueryBuilder<Api>, term: SearchTerm, parameter: string): void {
  if (term.field === anywhere) return addAnywhere(query, term, parameter);
  if (term.field === 'tags') return addTag(query, term, parameter);
  const [exact, contained] = columns[term.field];
  if (term.exact)
    query.andWhere(`${exact} = :${parameter}`, {
      [parameter]: term.field === 'status' ? term.value.toUpperCase() : term.value,
    });
  else
    query.andWhere(`INSTR(${contained}, :${parameter}) > 0`, {
      [parameter]: term.field === 'version' ? term.value : term.value.toLowerCase(),
    });
}

/** Contained in what people read of an API, whatever the letter case; quoted words too. */
function addAnywhere(query: SelectQueryBuilder<Api>, { value }: SearchTerm, parameter: string): void {
  const texts = [columns.name, columns.description, columns.context].map(
    ([, contained]) => `INSTR(${contained}, :${parameter}) > 0`,
  );
  const tagged = tagExists(query, `INSTR(LOWER(l.value), :${parameter}) > 0`);
  query.andWhere(`(${[...texts, tagged].join(' OR ')})`, { [parameter]: value.toLowerCase() });
}

function addTag(query: SelectQueryBuilder<Api>, term: SearchTerm, parameter: string): void {
  const same = term.exact ? `l.value = :${parameter}` : `INSTR(LOWER(l.value), LOWER(:${parameter})) > 0`;
  query.andWhere(tagExists(query, same), { [parameter]: term.value });
}

function tagExists(query: SelectQueryBuilder<Api>, same: string): string {
  const tagged = query
    .subQuery()
    .select('1')
    .from(ApiLabel, 'l')
    .where(`l.apiId = api.id AND l.kind = 'tag' AND ${same}`)
    .getQuery();
  return `EXISTS ${tagged}`;
}
