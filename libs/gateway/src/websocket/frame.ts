/** Opcodes of RFC 6455 section 5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame, unmasked. */
export interface Frame {
  readonly opcode: number;
  /** Whether it is the last one of its message. */
  readonly isFinal: boolean;
  readonly payload: Buffer;
}

export function isControl(opcode: number): boolean {
  return opcode >= opcodes.close;
}

/** Close codes that may stand in a frame (RFC 6455 section 7.4 and its registry): not 1004, 1005, 1006 and 1015. */
export function isCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

/**
 * The bytes of one frame.
 * @param mask four bytes; what goes to a server has to be masked, what goes to a client must not be (RFC 6455 section 5.1)
 */
export function frameBytes({ opcode, isFinal, payload }: Frame, mask: Buffer | null): Buffer {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = 2 + lengthBytes + (mask === null ? 0 : 4);
  const bytes = Buffer.allocUnsafe(start + length);
  bytes[0] = (isFinal ? 0x80 : 0) | opcode;
  const maskBit = mask === null ? 0 : 0x80;
  if (lengthBytes === 0) bytes[1] = maskBit | length;
  else if (lengthBytes === 2) {
    bytes[1] = maskBit | 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = maskBit | 127;
    bytes.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    bytes.writeUInt32BE(length >>> 0, 6);
  }
  payload.copy(bytes, start);
  if (mask !== null) {
    mask.copy(bytes, start - 4);
    applyMask(bytes, start, mask);
  }
  return bytes;
}

/** RFC 6455 section 5.3, in place; the same call masks and unmasks. */
export function applyMask(bytes: Buffer, from: number, mask: Buffer): void {
  for (let i = from; i < bytes.length; i++) bytes[i] = (bytes[i] as number) ^ (mask[(i - from) & 3] as number);
}

/** Longest payload of a control frame. */
export const maxControlBytes = 125;

/** A close frame; a reason that does not fit is cut at a character. */
export function closeFrame(code: number, reason: string): Frame {
  let text = reason;
  while (Buffer.byteLength(text) > maxControlBytes - 2) text = text.slice(0, -1);
  const payload = Buffer.alloc(2 + Buffer.byteLength(text));
  payload.writeUInt16BE(code, 0);
  payload.write(text, 2);
  return { opcode: opcodes.close, isFinal: true, payload };
}
