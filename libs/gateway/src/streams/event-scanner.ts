const lf = 10;
const cr = 13;
const colon = 58;
const byteOrderMark = [0xef, 0xbb, 0xbf];

type Place =
  /** At the start of a line, with no event begun. */
  | 'between'
  /** In a comment between two events: it keeps the connection alive and is no event. */
  | 'comment'
  /** In a line of an event. */
  | 'line'
  /** At the start of a line, with an event begun. */
  | 'lineStart';

/**
 * Finds the events of a `text/event-stream` (HTML Standard section 9.2.6) while it passes: one look at each byte, nothing
 * is kept. An event is a block of lines that an empty line ends; lines end with LF, CR or both. Comments between events
 * are none.
 */
export class EventScanner {
  #place: Place = 'between';
  #afterCr = false;
  /** Bytes of a byte order mark that have come; -1 when none can come any more. */
  #mark = 0;

  /** Whether what has passed ends between two events, so that another one may be written behind it. */
  get isBetweenEvents(): boolean {
    return this.#place === 'between';
  }

  /** Index of the first byte of the next event that begins at or behind `from`; the length of the chunk when none does. */
  nextStart(chunk: Buffer, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (this.#mark >= 0 && this.#isMark(byte)) continue;
      if (byte === lf && this.#afterCr) {
        this.#afterCr = false;
        continue;
      }
      this.#afterCr = byte === cr;
      if (byte === lf || byte === cr) {
        this.#place = this.#place === 'line' ? 'lineStart' : 'between';
      } else if (this.#place === 'between') {
        this.#place = byte === colon ? 'comment' : 'line';
        if (this.#place === 'line') return i;
      } else if (this.#place === 'lineStart') this.#place = 'line';
    }
    return chunk.length;
  }

  #isMark(byte: number): boolean {
    const isMark = byte === byteOrderMark[this.#mark];
    this.#mark = isMark && this.#mark < 2 ? this.#mark + 1 : -1;
    return isMark;
  }
}
