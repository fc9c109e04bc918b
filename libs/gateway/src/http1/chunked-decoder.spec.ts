import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedDecoder } from './chunked-decoder.js';

/** Feeds the pieces; gives the data, how many bytes were taken, and how it ended. */
function decode(pieces: readonly Buffer[]): { data: string; taken: number; end: 'complete' | 'broken' | 'open' } {
  const decoder = new ChunkedDecoder();
  let data = '';
  let taken = 0;
  for (const piece of pieces) {
    if (decoder.isComplete || decoder.isBroken) break;
    taken += decoder.decode(piece, 0, (part) => (data += part.toString('latin1')));
  }
  return { data, taken, end: decoder.isComplete ? 'complete' : decoder.isBroken ? 'broken' : 'open' };
}

const whole = (text: string) => decode([Buffer.from(text, 'latin1')]);

describe('chunked coding', () => {
  it('gives the same data at every split of the bytes into two and three', () => {
    const text = '5\r\nhello\r\n1A;a=b;c="d"\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-Sum: 1\r\nEmpty:\r\n\r\n';
    const bytes = Buffer.from(text);
    const expected = { data: 'helloabcdefghijklmnopqrstuvwxyz', taken: bytes.length, end: 'complete' };
    for (let i = 0; i <= bytes.length; i++) {
      for (let j = i; j <= bytes.length; j++) {
        expect(decode([bytes.subarray(0, i), bytes.subarray(i, j), bytes.subarray(j)])).toEqual(expected);
      }
    }
  });

  it('gives back what was put in, whatever the chunks, the extensions and the pieces on the way', () => {
    const chunk = fc.record({
      data: fc.uint8Array({ minLength: 1, maxLength: 300 }),
      extension: fc.constantFrom('', ';a', ';a=b', ';a="b;c"'),
      zeros: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(chunk), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (chunks, steps) => {
        const parts = chunks.map(({ data, extension, zeros }) =>
          Buffer.concat([
            Buffer.from(`${'0'.repeat(zeros)}${data.length.toString(16)}${extension}\r\n`),
            data,
            Buffer.from('\r\n'),
          ]),
        );
        const bytes = Buffer.concat([...parts, Buffer.from('0\r\n\r\nGET / HTTP/1.1')]);
        const pieces: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const step = steps[i % steps.length] as number;
          pieces.push(bytes.subarray(at, at + step));
          at += step;
        }
        const { data, taken, end } = decode(pieces);
        expect(end).toBe('complete');
        expect(data).toBe(Buffer.concat(chunks.map((each) => each.data)).toString('latin1'));
        expect(taken).toBe(bytes.length - 'GET / HTTP/1.1'.length);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['no digits', '\r\n'],
    ['a sign', '+5\r\nhello\r\n0\r\n\r\n'],
    ['0x', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['an underscore', '1_0\r\n'],
    ['a space before', ' 5\r\nhello\r\n0\r\n\r\n'],
    ['a space behind', '5 \r\nhello\r\n0\r\n\r\n'],
    ['too many digits', '00000000000005\r\nhello\r\n0\r\n\r\n'],
    ['a bare LF behind the size', '5\nhello\r\n0\r\n\r\n'],
    ['a bare CR behind the size', '5\rhello\r\n0\r\n\r\n'],
    ['a bare LF behind the data', '5\r\nhello\n0\r\n\r\n'],
    ['data longer than its size', '4\r\nhello\r\n0\r\n\r\n'],
    ['data shorter than its size', '6\r\nhello\r\n0\r\n\r\n'],
    ['a bare LF in an extension', '5;a\nb\r\nhello\r\n0\r\n\r\n'],
    ['a NUL in an extension', '5;a\0b\r\nhello\r\n0\r\n\r\n'],
    ['endless extensions', `5;${'a'.repeat(5_000)}`],
    ['a folded trailer', '0\r\nA: b\r\n c\r\n\r\n'],
    ['a trailer without a name', '0\r\n: b\r\n\r\n'],
    ['a trailer with space before its colon', '0\r\nA : b\r\n\r\n'],
    ['a request as trailer', '0\r\nGET / HTTP/1.1\r\n\r\n'],
    ['endless trailers', `0\r\n${'A: b\r\n'.repeat(2_000)}`],
    ['a bare LF at the end', '0\r\n\n'],
    ['a bare CR at the end', '0\r\n\r\r'],
  ])('is broken by %s', (_name, text) => expect(whole(text).end).toBe('broken'));
});
