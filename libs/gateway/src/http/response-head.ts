import { STATUS_CODES } from 'node:http';

const notInValue = /[^\t\x20-\x7e\x80-\xff]/;
const notInName = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;

/** How the end of an answer's body is told: by its length, by chunks, by the end of the connection, or it has none. */
export type ResponseFraming = number | 'chunked' | 'close' | 'none';

export interface ResponseHead {
  readonly text: string;
  readonly framing: ResponseFraming;
}

export interface ResponseHeadContext {
  readonly isHead: boolean;
  readonly version: 10 | 11;
  /** Whether the connection may serve another request. */
  readonly keepsAlive: boolean;
}

/**
 * The head of an answer, with exactly one framing field of ours.
 * @param headers name, value, name, value, …
 * @throws TypeError when a field or the status cannot be written, or the lengths contradict each other
 */
export function responseHead(status: number, headers: readonly string[], context: ResponseHeadContext): ResponseHead {
  if (!(status >= 200 && status <= 999)) throw new TypeError(`${status} is no status of a final answer.`);
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
  let length: string | null = null;
  let hasDate = false;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    if (name === '' || notInName.test(name) || notInValue.test(value))
      throw new TypeError('A header field of the answer cannot be written.');
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if ((length !== null && length !== value) || !/^\d{1,15}$/.test(value))
        throw new TypeError('The length of the answer is not clear.');
      length = value;
      continue;
    }
    if (name.length === 4 && name.toLowerCase() === 'date') hasDate = true;
    text += `${name}: ${value}\r\n`;
  }
  if (!hasDate) text += `Date: ${httpDate()}\r\n`;
  const framing = framingOf(status, length, context);
  if (length !== null && status !== 204) text += `Content-Length: ${length}\r\n`;
  else if (framing === 'chunked') text += 'Transfer-Encoding: chunked\r\n';
  if (!context.keepsAlive || framing === 'close') text += 'Connection: close\r\n';
  else if (context.version === 10) text += 'Connection: keep-alive\r\n';
  return { text: `${text}\r\n`, framing };
}

function framingOf(status: number, length: string | null, { isHead, version }: ResponseHeadContext): ResponseFraming {
  if (isHead || status === 204 || status === 304) return 'none';
  if (length !== null) return Number(length);
  return version === 11 ? 'chunked' : 'close';
}

let dateSecond = 0;
let dateText = '';

/** IMF-fixdate of now (RFC 9110 section 5.6.7), made once per second. */
function httpDate(): string {
  const nowMs = Date.now();
  const second = Math.floor(nowMs / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(nowMs).toUTCString();
  }
  return dateText;
}
