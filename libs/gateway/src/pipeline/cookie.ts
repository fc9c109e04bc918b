import type { HeaderList } from './header-list.js';

/** Value of the first cookie of that name in the request (RFC 6265 section 4.2.1). */
export function cookieValue(headers: HeaderList, name: string): string | undefined {
  for (const field of headers.all('cookie')) {
    for (const pair of field.split(';')) {
      const at = pair.indexOf('=');
      if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
    }
  }
  return undefined;
}
