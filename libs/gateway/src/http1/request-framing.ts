import type { HeaderList } from '../pipeline/header-list.js';

/** How long the body of a request is, in bytes; `chunked`; or `ambiguous` when two readers could differ about it. */
export type RequestFraming = number | 'chunked' | 'ambiguous';

/**
 * RFC 9112 section 6.3 without its repairs: one Content-Length of plain digits, or one `Transfer-Encoding: chunked` in
 * HTTP/1.1, never both, never twice.
 */
export function requestFraming(headers: HeaderList, version: 10 | 11): RequestFraming {
  let length: string | null = null;
  let isChunked = false;
  const { raw } = headers;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    // 14 and 17: the lengths of the two names, so that other fields cost a comparison of numbers.
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (length !== null || !/^\d{1,15}$/.test(raw[i + 1] as string)) return 'ambiguous';
      length = raw[i + 1] as string;
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (isChunked || version !== 11 || (raw[i + 1] as string).toLowerCase() !== 'chunked') return 'ambiguous';
      isChunked = true;
    }
  }
  if (isChunked) return length === null ? 'chunked' : 'ambiguous';
  return length === null ? 0 : Number(length);
}
