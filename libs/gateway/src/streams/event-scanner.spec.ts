import { expect, it } from 'vitest';
import { EventScanner } from './event-scanner.js';

/** Where events begin when the text comes in parts of that many bytes. */
function starts(text: string, partBytes: number): { at: number[]; isBetweenEvents: boolean } {
  const scanner = new EventScanner();
  const bytes = Buffer.from(text);
  const at: number[] = [];
  for (let offset = 0; offset < bytes.length; offset += partBytes) {
    const part = bytes.subarray(offset, offset + partBytes);
    for (let i = scanner.nextStart(part, 0); i < part.length; i = scanner.nextStart(part, i + 1)) at.push(offset + i);
  }
  return { at, isBetweenEvents: scanner.isBetweenEvents };
}

it.each<[string, string, number[], boolean]>([
  ['one event', 'data: a\n\n', [0], true],
  ['an event of several lines', 'id: 1\nevent: x\ndata: a\ndata: b\n\ndata: c\n\n', [0, 32], true],
  ['CR LF', 'data: a\r\n\r\ndata: b\r\n\r\n', [0, 11], true],
  ['CR alone', 'data: a\r\rdata: b\r\r', [0, 9], true],
  ['all ends of lines mixed', 'data: a\r\n\ndata: b\n\r\ndata: c\r\r\n', [0, 10, 20], true],
  ['comments between events', ': hello\n\n:\n: more\n\ndata: a\n\n: bye\n', [19], true],
  ['a comment within an event', 'data: a\n: still the same\ndata: b\n\n', [0], true],
  ['empty lines before, between and behind', '\n\n\ndata: a\n\n\n\ndata: b\n\n\n', [3, 14], true],
  ['an event that is not over', 'data: a\n\ndata: b\n', [0, 9], false],
  ['a line that is not over', 'data: a\n\nda', [0, 9], false],
  ['a comment that is not over', ': ping', [], false],
  ['a byte order mark', '\ufeffdata: a\n\n', [3], true],
  ['a byte order mark and a comment', '\ufeff: hi\n\ndata: a\n\n', [9], true],
  ['fields without data', 'retry: 3000\n\n', [0], true],
])('%s', (_, text, at, isBetweenEvents) => {
  for (const partBytes of [1, 2, 3, 5, 1_000]) expect(starts(text, partBytes)).toEqual({ at, isBetweenEvents });
});
