import { colon, cr, isLineByte, isTokenByte, lf, space, tab } from './byte-classes.js';
import { knownName, nextHash } from './field-names.js';

export interface HeadSizes {
  /** The first line, without its end. */
  readonly maxStartLineBytes: number;
  /** The whole head. */
  readonly maxHeadBytes: number;
  readonly maxFields: number;
}

/** Why a head cannot be taken; `description` is safe for the sender. */
export interface HeadProblem {
  readonly kind: 'malformed' | 'start line too long' | 'fields too large';
  readonly description: string;
}

/**
 * Reads the head of a message: a first line, field lines and an empty line (RFC 9112 section 2.1). Each byte is looked at
 * once, however many pieces the head comes in, and strings are made once, at the end.
 *
 * Stricter than RFC 9112 asks: lines end in CRLF only, and folded lines, control characters, empty names and space around
 * a name make the head malformed instead of being repaired, because two readers repair them in different ways.
 */
export class HeadReader {
  /** First line. */
  startLine = '';
  /** Name, value, name, value, … as they came, without the space around values. */
  fields: string[] = [];
  /** Index behind the head. */
  end = 0;
  problem: HeadProblem | null = null;

  #start = 0;
  #position = 0;
  #lineStart = 0;
  #hasStartLine = false;
  #startLineEnd = 0;
  #skippedLines = 0;
  #count = 0;
  /** For each field: start and end of its name, start and end of its value. Longer than `#count` says: kept for the next head. */
  readonly #offsets: number[] = [];
  /** For each field: its name where it is a known one. */
  readonly #names: (string | null)[] = [];

  constructor(private readonly sizes: HeadSizes) {}

  /** Begins a new head at that index. */
  reset(start: number): void {
    this.#start = this.#position = this.#lineStart = start;
    this.#hasStartLine = false;
    this.#skippedLines = 0;
    this.#count = 0;
    this.problem = null;
  }

  /** Whether nothing of the head has come yet. */
  get isEmpty(): boolean {
    return this.#position === this.#start;
  }

  /** @param bytes from the start of the head; on the next call the same ones with more behind them */
  read(bytes: Buffer): 'complete' | 'more' | 'broken' {
    const length = bytes.length;
    let i = this.#position;
    for (;;) {
      i = endOfLine(bytes, i);
      if (this.#isTooLarge(i)) return 'broken';
      if (i === length || (bytes[i] === cr && i + 1 === length)) {
        this.#position = i;
        return 'more';
      }
      if (bytes[i] !== cr || bytes[i + 1] !== lf)
        return this.#broken('The head has a control character or a line that does not end in CRLF.');
      const lineStart = this.#lineStart;
      this.#lineStart = i + 2;
      if (i === lineStart) {
        if (this.#hasStartLine) return this.#complete(bytes, i + 2);
        // RFC 9112 section 2.2: one empty line before a request is let pass.
        if (this.#skippedLines++ > 0) return this.#broken('The message begins with empty lines.');
        this.#start = i + 2;
      } else if (!this.#hasStartLine) {
        this.#hasStartLine = true;
        this.#startLineEnd = i;
      } else if (!this.#takeField(bytes, lineStart, i)) return 'broken';
      i += 2;
    }
  }

  #takeField(bytes: Buffer, start: number, end: number): boolean {
    let nameEnd = start;
    let hash = 0;
    while (nameEnd < end && isTokenByte[bytes[nameEnd] as number] === 1)
      hash = nextHash(hash, bytes[nameEnd++] as number);
    if (nameEnd === start || bytes[nameEnd] !== colon || nameEnd === end) {
      this.#broken('A header line has to begin with a field name and a colon.');
      return false;
    }
    let from = nameEnd + 1;
    let to = end;
    while (from < to && isBlank(bytes[from] as number)) from++;
    while (to > from && isBlank(bytes[to - 1] as number)) to--;
    if (this.#count === this.sizes.maxFields) {
      const description = `The head has more than ${this.sizes.maxFields} header fields.`;
      this.problem = { kind: 'fields too large', description };
      return false;
    }
    const at = this.#count++;
    this.#names[at] = knownName(bytes, start, nameEnd, hash);
    const offsets = this.#offsets;
    offsets[at * 4] = start;
    offsets[at * 4 + 1] = nameEnd;
    offsets[at * 4 + 2] = from;
    offsets[at * 4 + 3] = to;
    return true;
  }

  #isTooLarge(position: number): boolean {
    const { maxStartLineBytes, maxHeadBytes } = this.sizes;
    const lineEnd = this.#hasStartLine ? this.#startLineEnd : position;
    if (lineEnd - this.#start > maxStartLineBytes) {
      this.problem = {
        kind: 'start line too long',
        description: `The first line has more than ${maxStartLineBytes} bytes.`,
      };
    } else if (position - this.#start > maxHeadBytes) {
      this.problem = { kind: 'fields too large', description: `The head has more than ${maxHeadBytes} bytes.` };
    }
    return this.problem !== null;
  }

  #broken(description: string): 'broken' {
    this.problem = { kind: 'malformed', description };
    return 'broken';
  }

  /** One string for the whole head; its parts share its memory. */
  #complete(bytes: Buffer, end: number): 'complete' {
    const start = this.#start;
    const offsets = this.#offsets;
    const names = this.#names;
    const text = bytes.toString('latin1', start, end);
    const part = (at: number): string =>
      text.substring((offsets[at] as number) - start, (offsets[at + 1] as number) - start);
    this.startLine = text.substring(0, this.#startLineEnd - start);
    const fields: string[] = [];
    for (let i = 0; i < this.#count; i++) fields.push(names[i] ?? part(i * 4), part(i * 4 + 2));
    this.fields = fields;
    this.end = end;
    return 'complete';
  }
}

/** A loop of its own: within `read` the compiler makes slower code of it. */
function endOfLine(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let i = from;
  while (i < length && isLineByte[bytes[i] as number] === 1) i++;
  return i;
}

function isBlank(c: number): boolean {
  return c === space || c === tab;
}
