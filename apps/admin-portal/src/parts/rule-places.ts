/** Offset in a text of a place whose line and column count from 1; the end of the text for places behind it. */
export function offsetOf(text: string, { line, column }: { readonly line: number; readonly column: number }): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf('\n', start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  return Math.min(start + column - 1, text.length);
}

/** End of the name, number or sign that begins at an offset. */
export function endOf(text: string, start: number): number {
  const [word = ''] = /^(?:[A-Za-z0-9_]+|\S)/.exec(text.slice(start)) ?? [];
  return start + word.length;
}

/** The text in pieces, those that begin at a place marked; for showing where something is wrong. */
export function markPlaces(
  text: string,
  places: readonly { readonly line: number; readonly column: number }[],
): { readonly text: string; readonly isMarked: boolean }[] {
  const starts = [...new Set(places.map((place) => offsetOf(text, place)))].toSorted((a, b) => a - b);
  const pieces: { text: string; isMarked: boolean }[] = [];
  let at = 0;
  for (const start of starts) {
    const end = endOf(text, start);
    if (start < at || end === start) continue;
    if (start > at) pieces.push({ text: text.slice(at, start), isMarked: false });
    pieces.push({ text: text.slice(start, end), isMarked: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isMarked: false });
  return pieces;
}
