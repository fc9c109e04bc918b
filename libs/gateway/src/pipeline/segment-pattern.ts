/** One path segment with parameters, `{id}` or `report-{year}.{type}`. */
export interface SegmentPattern {
  /** The fixed text, with a NUL for each parameter that text surrounds; empty for a bare parameter. Equal text, equal meaning. */
  readonly text: string;
  matches(segment: string): boolean;
}

/** Compiles without regular expressions, so that no template can make matching slow. Each parameter takes at least one character. */
export function compileSegment(template: string): SegmentPattern {
  const parts = template.split(/\{[^{}]*\}/);
  const first = parts[0] as string;
  const last = parts.at(-1) as string;
  const middle = parts.slice(1, -1);
  const text = parts.every((part) => part === '') ? '' : parts.join('\0');
  return { text, matches: (segment) => matchesParts(segment, first, middle, last) };
}

function matchesParts(segment: string, first: string, middle: readonly string[], last: string): boolean {
  if (!segment.startsWith(first) || !segment.endsWith(last)) return false;
  let at = first.length;
  for (const part of middle) {
    const found = segment.indexOf(part, at + 1);
    if (found < 0) return false;
    at = found + part.length;
  }
  return segment.length - last.length > at;
}
