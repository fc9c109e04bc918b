import { METHODS } from 'node:http';
import { isTargetByte } from './byte-classes.js';

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** 10 for HTTP/1.0, 11 for HTTP/1.1. */
  readonly version: 10 | 11;
}

/** Why a request line cannot be taken. */
export type RequestLineProblem = 'malformed' | 'unknown method' | 'unknown version';

const knownMethods = new Set(METHODS);

/** Reads `method SP target SP version` (RFC 9112 section 3): exactly one space between the parts and none around them. */
export function readRequestLine(line: string): RequestLine | RequestLineProblem {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  if (first <= 0 || second <= first + 1) return 'malformed';
  const version = line.substring(second + 1);
  const target = line.substring(first + 1, second);
  for (let i = 0; i < target.length; i++) {
    const c = target.charCodeAt(i);
    if (c > 0xff || isTargetByte[c] !== 1) return 'malformed';
  }
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0')
    return /^HTTP\/\d\.\d$/.test(version) ? 'unknown version' : 'malformed';
  const method = line.substring(0, first);
  if (!knownMethods.has(method)) return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method) ? 'unknown method' : 'malformed';
  return { method, target, version: version === 'HTTP/1.1' ? 11 : 10 };
}
