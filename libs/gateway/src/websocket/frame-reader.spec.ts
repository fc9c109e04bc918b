import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeFrame, frameBytes, isControl, opcodes, type Frame } from './frame.js';
import { FrameReader, type FrameProblem } from './frame-reader.js';

const sizes = { maxFrameBytes: 70_000, maxMessageBytes: 100_000 };
const mask = Buffer.from([1, 2, 3, 4]);

function readAll(parts: readonly Buffer[], isFromClient = true): { frames: Frame[]; problem: FrameProblem | null } {
  const reader = new FrameReader(isFromClient, sizes);
  const frames: Frame[] = [];
  for (const part of parts) {
    reader.read(Buffer.from(part), (frame) => {
      frames.push({ ...frame, payload: Buffer.from(frame.payload) });
      return true;
    });
  }
  return { frames, problem: reader.problem };
}

const client = (frame: Partial<Frame>): Buffer =>
  frameBytes({ opcode: opcodes.binary, isFinal: true, payload: Buffer.alloc(0), ...frame }, mask);
const server = (frame: Partial<Frame>): Buffer =>
  frameBytes({ opcode: opcodes.binary, isFinal: true, payload: Buffer.alloc(0), ...frame }, null);

/** A message in some frames, with control frames between them. */
const message = fc
  .tuple(
    fc.constantFrom(opcodes.text, opcodes.binary),
    fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.option(fc.uint8Array({ maxLength: 125 }))), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([opcode, parts]): Frame[] =>
    parts.flatMap(([text, ping], i) => [
      {
        opcode: i === 0 ? opcode : opcodes.continuation,
        isFinal: i === parts.length - 1,
        payload: Buffer.from(text),
      },
      ...(ping ? [{ opcode: opcodes.ping, isFinal: true, payload: Buffer.from(ping) }] : []),
    ]),
  );

describe('frames', () => {
  it('are read as they were written, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 4 }).map((list) => list.flat()),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 12 }),
        (frames, isFromClient, cuts) => {
          const bytes = Buffer.concat(frames.map((frame) => frameBytes(frame, isFromClient ? mask : null)));
          const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
          const parts = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
          expect(readAll(parts, isFromClient)).toEqual({ frames, problem: null });
        },
      ),
    );
  });

  it('are read at every single split of the bytes', () => {
    const frames: Frame[] = [
      { opcode: opcodes.text, isFinal: false, payload: Buffer.from('zwölf ') },
      { opcode: opcodes.ping, isFinal: true, payload: Buffer.from('p') },
      { opcode: opcodes.continuation, isFinal: true, payload: Buffer.alloc(130, 'x') },
      { opcode: opcodes.binary, isFinal: true, payload: Buffer.alloc(65_536, 7) },
      closeFrame(1000, 'bye'),
    ];
    const bytes = Buffer.concat(frames.map((frame) => frameBytes(frame, mask)));
    const sum = (list: readonly Frame[]): string[] =>
      list.map(
        ({ opcode, isFinal, payload }) => `${opcode} ${isFinal} ${createHash('sha256').update(payload).digest('hex')}`,
      );
    for (let cut = 0; cut <= bytes.length; cut += cut < 200 || cut > bytes.length - 30 ? 1 : 997) {
      const { frames: read, problem } = readAll([bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect([sum(read), problem]).toEqual([sum(frames), null]);
    }
    expect(sum(readAll([...bytes].map((byte) => Buffer.from([byte]))).frames)).toEqual(sum(frames));
  });

  it('never throw and never grow, whatever bytes come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
        fc.boolean(),
        (parts, isFromClient) => {
          const { frames, problem } = readAll(
            parts.map((part) => Buffer.from(part)),
            isFromClient,
          );
          for (const { opcode, payload } of frames) if (isControl(opcode)) expect(payload.length).toBeLessThan(126);
          if (problem !== null) expect([1002, 1007, 1009]).toContain(problem.code);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('stop at once when the taker has enough', () => {
    const reader = new FrameReader(false, sizes);
    let taken = 0;
    reader.read(Buffer.concat([server({}), server({}), server({})]), () => ++taken < 2);
    expect(taken).toBe(2);
  });
});

const bytesOf = (...values: number[]): Buffer => Buffer.from(values);
const payload = (length: number): { payload: Buffer } => ({ payload: Buffer.alloc(length) });

describe('what is refused', () => {
  it.each<[string, Buffer, boolean, number]>([
    ['a reserved bit', bytesOf(0xc2, 0x80, 1, 2, 3, 4), true, 1002],
    ['an unknown data opcode', bytesOf(0x83, 0x80, 1, 2, 3, 4), true, 1002],
    ['an unknown control opcode', bytesOf(0x8b, 0x80, 1, 2, 3, 4), true, 1002],
    ['a client that does not mask', server({}), true, 1002],
    ['a server that masks', client({}), false, 1002],
    ['a ping in fragments', client({ opcode: opcodes.ping, isFinal: false }), true, 1002],
    ['a long ping', client({ opcode: opcodes.ping, ...payload(126) }), true, 1002],
    ['a continuation of nothing', client({ opcode: opcodes.continuation }), true, 1002],
    ['a message within a message', Buffer.concat([client({ isFinal: false }), client({})]), true, 1002],
    ['a continuation behind the end', Buffer.concat([client({}), client({ opcode: 0 })]), true, 1002],
    ['125 bytes in two bytes of length', bytesOf(0x82, 126, 0, 125), false, 1002],
    ['65,535 bytes in eight', bytesOf(0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff), false, 1002],
    ['a length with its highest bit set', bytesOf(0x82, 127, 0x80, 0, 0, 0, 0, 1, 0, 0), false, 1002],
    ['a frame that is too large, before it comes', bytesOf(0x82, 127, 0, 0, 0, 0, 0, 1, 0x20, 0), false, 1009],
    [
      'a message that is too large',
      Buffer.concat([client({ isFinal: false, ...payload(60_000) }), client({ opcode: 0, ...payload(60_000) })]),
      true,
      1009,
    ],
    ['text that is no UTF-8', client({ opcode: opcodes.text, payload: bytesOf(0xc3, 0x28) }), true, 1007],
    [
      'text that ends within a character',
      Buffer.concat([
        client({ opcode: opcodes.text, isFinal: false, payload: bytesOf(0xc3) }),
        client({ opcode: 0, payload: Buffer.alloc(0) }),
      ]),
      true,
      1007,
    ],
    ['a close code of one byte', client({ opcode: opcodes.close, ...payload(1) }), true, 1002],
    ['close code 1005', client({ opcode: opcodes.close, payload: bytesOf(0x03, 0xed) }), true, 1002],
    ['close code 1006', client({ opcode: opcodes.close, payload: bytesOf(0x03, 0xee) }), true, 1002],
    ['close code 999', client({ opcode: opcodes.close, payload: bytesOf(0x03, 0xe7) }), true, 1002],
    ['close code 5000', client({ opcode: opcodes.close, payload: bytesOf(0x13, 0x88) }), true, 1002],
    ['a close reason that is no UTF-8', client({ opcode: 8, payload: bytesOf(0x03, 0xe8, 0xff) }), true, 1007],
  ])('%s', (_, bytes, isFromClient, code) => {
    expect(readAll([bytes], isFromClient).problem).toMatchObject({ code });
    expect(
      readAll(
        [...bytes].map((byte) => Buffer.from([byte])),
        isFromClient,
      ).problem,
    ).toMatchObject({ code });
  });

  it.each([1000, 1001, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4999])('but not close code %i', (code) => {
    expect(readAll([frameBytes(closeFrame(code, 'über'), mask)])).toEqual({
      frames: [closeFrame(code, 'über')],
      problem: null,
    });
  });

  it('a reason of ours is cut at a character', () => {
    const { payload: cut } = closeFrame(1008, 'ü'.repeat(100));
    expect(cut.length).toBe(124);
    expect(readAll([frameBytes({ opcode: opcodes.close, isFinal: true, payload: cut }, mask)]).problem).toBeNull();
  });
});
