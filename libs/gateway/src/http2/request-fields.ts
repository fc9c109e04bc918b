import { badRequest } from '../http/read-head.js';
import type { Refusal } from '../pipeline/verdict.js';

/** A request head of HTTP/2 in the form that HTTP/1.1 has. */
export interface Http2Fields {
  readonly method: string;
  readonly path: string;
  /** name, value, name, value, … with one `host` and one `cookie` at most. */
  readonly headers: string[];
  readonly expectsContinue: boolean;
  readonly problem: Refusal | null;
}

/**
 * Takes the pseudo-header fields out and makes one `host` of `:authority` and one `cookie` of its crumbs (RFC 9113 sections
 * 8.2.3 and 8.3.1). Fields that belong to a connection were refused by the codec already (section 8.2.2).
 * @param raw name, value, name, value, … as they came
 */
export function readFields(raw: readonly string[]): Http2Fields {
  const headers: string[] = [];
  let method = '';
  let path = '';
  let authority = '';
  let host = '';
  let hosts = 0;
  let cookie = '';
  let expectsContinue = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    if (name === ':method') method = value;
    else if (name === ':path') path = value;
    else if (name === ':authority') authority = value;
    else if (name.startsWith(':')) continue;
    else if (name === 'host') {
      host = value;
      hosts++;
    } else if (name === 'cookie') cookie = cookie === '' ? value : `${cookie}; ${value}`;
    else {
      if (name === 'expect' && value.toLowerCase() === '100-continue') expectsContinue = true;
      headers.push(name, value);
    }
  }
  const isClear = hosts <= 1 && (authority === '' || host === '' || host === authority);
  headers.unshift('host', authority || host);
  if (cookie !== '') headers.push('cookie', cookie);
  const problem = isClear ? problemOfPath(path) : badRequest('The host is named in two ways.');
  return { method, path, headers, expectsContinue, problem };
}

/** HTTP/1.1 sees these as the end of a line or of the target. */
function problemOfPath(path: string): Refusal | null {
  return /^[\x21-\x7e]+$/.test(path) ? null : badRequest('The path has a character that cannot stand in one.');
}
