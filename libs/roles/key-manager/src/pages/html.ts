import { escapeHtml } from '@tollgate/http';

/** HTML that was written here, or whose values were escaped. */
export class Html {
  constructor(readonly text: string) {}
}

type Value = Html | string | null | readonly Html[];

/** A template whose values are escaped unless they are `Html` themselves. `null` is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, i) => part + (i < values.length ? textOf(values[i] ?? null) : '')).join(''));
}

function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return escapeHtml(value);
  return value instanceof Html ? value.text : value.map((part) => part.text).join('');
}
