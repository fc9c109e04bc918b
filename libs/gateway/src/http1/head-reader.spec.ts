import { describe, expect, it } from 'vitest';
import { HeadReader } from './head-reader.js';

const sizes = { maxStartLineBytes: 100, maxHeadBytes: 400, maxFields: 5 };

function read(text: string): { state: string; reader: HeadReader } {
  const reader = new HeadReader(sizes);
  reader.reset(0);
  return { state: reader.read(Buffer.from(text, 'latin1')), reader };
}

describe('a head', () => {
  const text = 'GET /a HTTP/1.1\r\nHost: b\r\nX-Empty:\r\nX-Padded: \t c d \t\r\n\r\n';
  const expected = ['Host', 'b', 'X-Empty', '', 'X-Padded', 'c d'];

  it('is read the same in every number of pieces', () => {
    const bytes = Buffer.from(`${text}rest`);
    for (let i = 0; i < text.length; i++) {
      for (let j = i; j < text.length; j++) {
        const reader = new HeadReader(sizes);
        reader.reset(0);
        expect(reader.read(bytes.subarray(0, i))).toBe('more');
        expect(reader.read(bytes.subarray(0, j))).toBe('more');
        expect(reader.read(bytes)).toBe('complete');
        expect([reader.startLine, reader.fields, reader.end]).toEqual(['GET /a HTTP/1.1', expected, text.length]);
      }
    }
  });

  it('may follow one empty line, and begins again where it is told to', () => {
    const { state, reader } = read(`\r\n${text}${text}`);
    expect([state, reader.fields]).toEqual(['complete', expected]);
    const { end } = reader;
    reader.reset(end);
    expect(reader.read(Buffer.from(`\r\n${text}${text}`))).toBe('complete');
    expect([reader.startLine, reader.end]).toEqual(['GET /a HTTP/1.1', end + text.length]);
  });

  it.each([
    ['a bare LF', 'GET / HTTP/1.1\nHost: a\n\n'],
    ['a bare CR', 'GET / HTTP/1.1\r\nA: b\rc\r\n\r\n'],
    ['CR CR LF', 'GET / HTTP/1.1\r\r\n\r\n'],
    ['a NUL', 'GET / HTTP/1.1\r\nA: \0\r\n\r\n'],
    ['DEL', 'GET / HTTP/1.1\r\nA: \x7f\r\n\r\n'],
    ['a folded line', 'GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n'],
    ['a first field that begins with a space', 'GET / HTTP/1.1\r\n A: b\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nA : b\r\n\r\n'],
    ['a tab before the colon', 'GET / HTTP/1.1\r\nA\t: b\r\n\r\n'],
    ['an empty name', 'GET / HTTP/1.1\r\n: b\r\n\r\n'],
    ['no colon', 'GET / HTTP/1.1\r\nA\r\n\r\n'],
    ['a name outside ASCII', 'GET / HTTP/1.1\r\nÄ: b\r\n\r\n'],
    ['two empty lines in front', '\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
  ])('V-51 is malformed by %s', (_name, bytes) => {
    const { state, reader } = read(bytes);
    expect([state, reader.problem?.kind]).toEqual(['broken', 'malformed']);
  });

  it.each([
    ['a long first line', `GET /${'a'.repeat(100)}`, 'start line too long'],
    ['many bytes', `GET / HTTP/1.1\r\nA: ${'a'.repeat(400)}`, 'fields too large'],
    ['many fields', `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(6)}`, 'fields too large'],
  ])('R-51 is refused for %s before it is complete', (_name, bytes, kind) => {
    const { state, reader } = read(bytes);
    expect([state, reader.problem?.kind]).toEqual(['broken', kind]);
  });
});
