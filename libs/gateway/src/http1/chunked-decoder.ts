import { colon, cr, hexValue, isLineByte, isTokenByte, lf } from './byte-classes.js';

const semicolon = 0x3b;

/** 13 digits stay below 2^53. */
const maxSizeDigits = 13;
/** All chunk extensions of one message; they mean nothing here and cost time. */
const maxExtensionBytes = 4 * 1024;
const maxTrailerBytes = 8 * 1024;

/** Where in the coding the next byte stands. */
type State =
  | 'size'
  | 'extension'
  | 'size LF'
  | 'data'
  | 'data CR'
  | 'data LF'
  | 'line start'
  | 'trailer name'
  | 'trailer value'
  | 'trailer LF'
  | 'last LF'
  | 'complete'
  | 'broken';

/**
 * Takes chunked coding apart (RFC 9112 section 7.1), in pieces of any size.
 *
 *   size [;extension] CRLF data CRLF … 0 CRLF [trailer CRLF …] CRLF
 *
 * Extensions and trailers are checked, bounded and dropped. A size of too many digits, space around it, and any line that
 * does not end in CRLF break the body.
 */
export class ChunkedDecoder {
  #state: State = 'size';
  #left = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;

  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  get isBroken(): boolean {
    return this.#state === 'broken';
  }

  /** Hands on the data in `bytes` from index `from`. Gives the index up to which bytes belong to this body. */
  decode(bytes: Buffer, from: number, onData: (data: Buffer) => void): number {
    let i = from;
    while (i < bytes.length && this.#state !== 'complete' && this.#state !== 'broken') {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, i + this.#left);
        onData(bytes.subarray(i, end));
        this.#left -= end - i;
        i = end;
        if (this.#left === 0) this.#state = 'data CR';
      } else this.#state = this.#next(bytes[i++] as number);
    }
    return i;
  }

  #next(c: number): State {
    switch (this.#state) {
      case 'size':
        return this.#size(c);
      case 'extension':
        if (c === cr) return 'size LF';
        return isLineByte[c] === 1 && ++this.#extensionBytes <= maxExtensionBytes ? 'extension' : 'broken';
      case 'size LF':
        if (c !== lf) return 'broken';
        this.#digits = 0;
        return this.#left === 0 ? 'line start' : 'data';
      case 'data CR':
        return c === cr ? 'data LF' : 'broken';
      case 'data LF':
        return c === lf ? 'size' : 'broken';
      default:
        return this.#trailer(c);
    }
  }

  #size(c: number): State {
    const value = hexValue[c] as number;
    if (value < 16) {
      if (++this.#digits > maxSizeDigits) return 'broken';
      this.#left = this.#left * 16 + value;
      return 'size';
    }
    if (this.#digits === 0) return 'broken';
    if (c === cr) return 'size LF';
    return c === semicolon ? 'extension' : 'broken';
  }

  #trailer(c: number): State {
    if (++this.#trailerBytes > maxTrailerBytes) return 'broken';
    switch (this.#state) {
      case 'line start':
        if (c === cr) return 'last LF';
        return isTokenByte[c] === 1 ? 'trailer name' : 'broken';
      case 'trailer name':
        if (c === colon) return 'trailer value';
        return isTokenByte[c] === 1 ? 'trailer name' : 'broken';
      case 'trailer value':
        if (c === cr) return 'trailer LF';
        return isLineByte[c] === 1 ? 'trailer value' : 'broken';
      case 'trailer LF':
        return c === lf ? 'line start' : 'broken';
      default:
        return c === lf ? 'complete' : 'broken'; // last LF
    }
  }
}
