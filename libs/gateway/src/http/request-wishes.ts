import { connectionOptionsOf } from '../http1/connection-options.js';
import type { HeaderList } from '../pipeline/header-list.js';

/** Whether the client wants to use its connection again (RFC 9112 section 9.3). */
export function connectionWish(headers: HeaderList, version: 10 | 11): boolean {
  if (headers.get('connection') === undefined) return version === 11;
  const options = connectionOptionsOf(headers.all('connection').join(','));
  return !options.includes('close') && (version === 11 || options.includes('keep-alive'));
}

/** Whether the client waits to be told to send its body (RFC 9110 section 10.1.1); HTTP/1.0 knows no such thing. */
export function expectation(headers: HeaderList, version: 10 | 11): 'none' | 'continue' | 'unknown' {
  const expected = headers.get('expect');
  if (expected === undefined || version === 10) return 'none';
  return expected.toLowerCase() === '100-continue' ? 'continue' : 'unknown';
}
