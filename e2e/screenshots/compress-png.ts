import { deflateSync, inflateSync, constants, crc32 } from 'node:zlib';

const signatureBytes = 8;

/** The same picture with its pixels compressed as hard as zlib can (PNG, third edition, section 5): browsers aim at speed. */
export function compressPng(png: Buffer): Buffer {
  const before: Buffer[] = [png.subarray(0, signatureBytes)];
  const pixels: Buffer[] = [];
  for (let at = signatureBytes; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') pixels.push(png.subarray(at + 8, at + 8 + length));
    else if (type === 'IHDR') before.push(png.subarray(at, at + 12 + length));
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(pixels));
  const smallest = [constants.Z_DEFAULT_STRATEGY, constants.Z_FILTERED]
    .map((strategy) => deflateSync(raw, { level: 9, memLevel: 9, strategy }))
    .sort((one, other) => one.length - other.length)[0];
  return Buffer.concat([...before, chunk('IDAT', smallest ?? Buffer.alloc(0)), chunk('IEND', Buffer.alloc(0))]);
}

/** Length, type, data and checksum. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
