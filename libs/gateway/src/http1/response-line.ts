import { connectionOptionsOf } from './connection-options.js';

/** How the body of an answer ends. */
export type AnswerFraming = number | 'chunked' | 'close' | 'none';

export interface AnswerShape {
  readonly status: number;
  readonly framing: AnswerFraming;
  /** Whether the server keeps the connection for another request. */
  readonly keepsAlive: boolean;
}

/**
 * Reads status line and framing of an answer (RFC 9112 sections 4 and 6.3); `null` when it could be read in two ways:
 * two lengths, a length beside a coding, a coding other than `chunked`, a coding in HTTP/1.0.
 * @param fields name, value, name, value, …
 * @param isHead whether it answers HEAD
 */
export function readAnswer(statusLine: string, fields: readonly string[], isHead: boolean): AnswerShape | null {
  const line = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(statusLine);
  if (line === null) return null;
  const isOld = line[1] === '0';
  const status = Number(line[2]);
  let length: string | null = null;
  let isChunked = false;
  let options = '';
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    // 10, 14 and 17: the lengths of the names, so that other fields cost a comparison of numbers.
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (length !== null || !/^\d{1,15}$/.test(value)) return null;
      length = value;
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (isChunked || isOld || value.toLowerCase() !== 'chunked') return null;
      isChunked = true;
    } else if (name.length === 10 && name.toLowerCase() === 'connection')
      options = options === '' ? value : `${options},${value}`;
  }
  if (isChunked && length !== null) return null;
  const framing = framingOf(status, isHead, isChunked, length);
  return { status, framing, keepsAlive: framing !== 'close' && keepsAlive(options, isOld) };
}

function framingOf(status: number, isHead: boolean, isChunked: boolean, length: string | null): AnswerFraming {
  if (isHead || status < 200 || status === 204 || status === 304) return 'none';
  if (isChunked) return 'chunked';
  return length === null ? 'close' : Number(length);
}

function keepsAlive(options: string, isOld: boolean): boolean {
  if (options === '') return !isOld;
  const named = connectionOptionsOf(options);
  return !named.includes('close') && (!isOld || named.includes('keep-alive'));
}
