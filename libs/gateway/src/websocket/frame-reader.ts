import { isUtf8 } from 'node:buffer';
import { applyMask, isCloseCode, isControl, maxControlBytes, opcodes, type Frame } from './frame.js';

export interface FrameSizes {
  /** Largest payload of one frame. */
  readonly maxFrameBytes: number;
  /** Largest payload of one message over all its frames. */
  readonly maxMessageBytes: number;
}

/** Why bytes are no frames that may be passed on; `code` is the close code for their sender. */
export interface FrameProblem {
  readonly code: 1002 | 1007 | 1009;
  readonly reason: string;
}

const knownOpcodes: ReadonlySet<number> = new Set(Object.values(opcodes));

/**
 * Cuts a stream of bytes into the frames of one direction (RFC 6455 section 5). Strict: masked if and only if a client
 * sends it, no reserved bits (no extension is ever agreed on), known opcodes, the shortest length, whole and short
 * control frames, fragments in their order, text and close reasons in UTF-8. After a problem nothing more is read.
 */
export class FrameReader {
  problem: FrameProblem | null = null;
  #parts: Buffer[] = [];
  #held = 0;
  /** As many bytes have to be here before it is worth looking again. */
  #needed = 2;
  /** Opcode of the message that is under way, 0 between messages. */
  #message = 0;
  #messageBytes = 0;
  /** Only while a text message comes in several frames. */
  #decoder: InstanceType<typeof TextDecoder> | null = null;

  constructor(
    private readonly isFromClient: boolean,
    private readonly sizes: FrameSizes,
  ) {}

  /** @param take gets each frame that is complete; gives false when nothing more is to be read */
  read(chunk: Buffer, take: (frame: Frame) => boolean): void {
    if (this.problem !== null) return;
    this.#held += chunk.length;
    if (this.#held < this.#needed) return void this.#parts.push(chunk);
    const bytes = this.#parts.length === 0 ? chunk : Buffer.concat([...this.#parts, chunk], this.#held);
    let at = 0;
    this.#needed = 2;
    for (;;) {
      const end = this.#endOfFrame(bytes, at);
      if (end < 0) break;
      const frame = this.#frame(bytes, at, end);
      at = end;
      if (frame === null || !take(frame)) break;
    }
    this.#held = this.problem === null ? bytes.length - at : 0;
    // A copy, so that a few bytes do not keep a whole block of the socket.
    this.#parts = this.#held === 0 ? [] : [Buffer.from(bytes.subarray(at))];
  }

  /** Index behind the frame that begins at `at`; -1 when more bytes are needed or the frame is refused. */
  #endOfFrame(bytes: Buffer, at: number): number {
    const here = bytes.length - at;
    if (here < 2) return this.#wait(2);
    const short = (bytes[at + 1] as number) & 0x7f;
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
    const head = 2 + lengthBytes + (this.isFromClient ? 4 : 0);
    if (!this.#isGoodStart(bytes[at] as number, bytes[at + 1] as number, short)) return -1;
    if (here < head) return this.#wait(head);
    const length = lengthBytes === 0 ? short : readLength(bytes, at + 2, lengthBytes);
    if (length < 0) return this.#refuse(1002, 'A length is not in its shortest form.');
    if (length > this.sizes.maxFrameBytes)
      return this.#refuse(1009, `A frame has at most ${this.sizes.maxFrameBytes} bytes.`);
    return here < head + length ? this.#wait(head + length) : at + head + length;
  }

  #isGoodStart(first: number, second: number, short: number): boolean {
    const opcode = first & 0x0f;
    if ((first & 0x70) !== 0) this.#refuse(1002, 'A reserved bit is set.');
    else if (!knownOpcodes.has(opcode)) this.#refuse(1002, 'The opcode is not known.');
    else if (second >= 0x80 !== this.isFromClient)
      this.#refuse(1002, this.isFromClient ? 'Frames of a client are masked.' : 'Frames of a server are not masked.');
    else if (isControl(opcode) && (first < 0x80 || short > maxControlBytes))
      this.#refuse(1002, 'Control frames are whole and short.');
    else if (opcode === opcodes.continuation && this.#message === 0)
      this.#refuse(1002, 'There is no message to continue.');
    else if (opcode !== opcodes.continuation && !isControl(opcode) && this.#message !== 0)
      this.#refuse(1002, 'The message before is not complete.');
    return this.problem === null;
  }

  #frame(bytes: Buffer, at: number, end: number): Frame | null {
    const first = bytes[at] as number;
    const short = (bytes[at + 1] as number) & 0x7f;
    let start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
    const mask = this.isFromClient ? bytes.subarray(start, (start += 4)) : null;
    const payload = bytes.subarray(start, end);
    if (mask !== null) applyMask(payload, 0, mask);
    const opcode = first & 0x0f;
    const frame = { opcode, isFinal: first >= 0x80, payload };
    if (opcode === opcodes.close) this.#checkClose(payload);
    else if (!isControl(opcode)) this.#checkMessage(frame);
    return this.problem === null ? frame : null;
  }

  #checkMessage({ opcode, isFinal, payload }: Frame): void {
    const isFirst = opcode !== opcodes.continuation;
    if (isFirst) {
      this.#message = opcode;
      this.#messageBytes = 0;
    }
    this.#messageBytes += payload.length;
    const { maxMessageBytes } = this.sizes;
    if (this.#messageBytes > maxMessageBytes) this.#refuse(1009, `A message has at most ${maxMessageBytes} bytes.`);
    else if (this.#message === opcodes.text && !this.#isText(payload, isFirst, isFinal))
      this.#refuse(1007, 'Text is in UTF-8.');
    if (!isFinal) return;
    this.#message = 0;
    this.#decoder = null;
  }

  #isText(payload: Buffer, isFirst: boolean, isFinal: boolean): boolean {
    if (isFirst && isFinal) return isUtf8(payload);
    this.#decoder ??= new TextDecoder('utf-8', { fatal: true });
    try {
      this.#decoder.decode(payload, { stream: !isFinal });
      return true;
    } catch {
      return false; // the decoder throws for bytes that are no UTF-8, and for nothing else
    }
  }

  #checkClose(payload: Buffer): void {
    if (payload.length === 0) return;
    if (payload.length === 1 || !isCloseCode(payload.readUInt16BE(0))) this.#refuse(1002, 'No such close code.');
    else if (!isUtf8(payload.subarray(2))) this.#refuse(1007, 'A close reason is in UTF-8.');
  }

  #wait(bytes: number): -1 {
    this.#needed = bytes;
    return -1;
  }

  #refuse(code: FrameProblem['code'], reason: string): -1 {
    this.problem ??= { code, reason };
    return -1;
  }
}

/** -1 when a shorter form would have done, or the length has more than 53 bits. */
function readLength(bytes: Buffer, at: number, size: 2 | 8): number {
  if (size === 2) {
    const length = bytes.readUInt16BE(at);
    return length < 126 ? -1 : length;
  }
  const high = bytes.readUInt32BE(at);
  const length = high * 2 ** 32 + bytes.readUInt32BE(at + 4);
  return high >= 2 ** 21 || length < 65_536 ? -1 : length;
}
