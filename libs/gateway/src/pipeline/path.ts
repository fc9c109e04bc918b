/** Outcome of `normalisePath`: the one string that routing, scopes and the upstream use, or why there is none. */
export type NormalPath = { readonly path: string } | { readonly problem: string };

/**
 * Brings a request path into its only form, so that no two readers see different resources in it (requirement R-42):
 * unreserved escapes are decoded (`%66` → `f`), other escapes get upper-case digits, slashes collapse, `.` and `..`
 * are resolved. What back ends are known to read in different ways is refused: encoded slashes and backslashes,
 * control characters, path parameters (`;`), bytes outside ASCII, broken escapes, climbing above the root.
 */
export function normalisePath(raw: string): NormalPath {
  if (raw.charCodeAt(0) !== slash) return { problem: 'The path has to begin with "/".' };
  if (isNormal(raw)) return { path: raw };
  const decoded = decodeEscapes(raw);
  return 'problem' in decoded ? decoded : resolveSegments(decoded.path);
}

const slash = 0x2f;

/** The common case in one pass and without an allocation. */
function isNormal(path: string): boolean {
  let previous = 0;
  for (let i = 0; i < path.length; i++) {
    const c = path.charCodeAt(i);
    if (previous === slash && (c === slash || c === 0x2e)) return false;
    if (!isPlain(c)) return false;
    previous = c;
  }
  return true;
}

/** Characters of RFC 3986 `pchar` and `/`, without `%` and `;`. */
function isPlain(c: number): boolean {
  return isUnreserved(c) || (c < 0x80 && "!$&'()*+,=:@/".includes(String.fromCharCode(c)));
}

function isUnreserved(c: number): boolean {
  if (c >= 0x61 && c <= 0x7a) return true;
  if (c >= 0x41 && c <= 0x5a) return true;
  if (c >= 0x30 && c <= 0x39) return true;
  return c === 0x2d || c === 0x2e || c === 0x5f || c === 0x7e;
}

function decodeEscapes(raw: string): NormalPath {
  let path = '';
  for (let i = 0; i < raw.length; i++) {
    const c = raw.charCodeAt(i);
    if (c !== 0x25) {
      const problem = problemOfCharacter(c);
      if (problem !== null) return { problem };
      path += raw[i];
      continue;
    }
    const digits = raw.slice(i + 1, i + 3);
    if (!/^[0-9a-fA-F]{2}$/.test(digits))
      return { problem: 'The path has a "%" that two hexadecimal digits do not follow.' };
    const value = Number.parseInt(digits, 16);
    const problem = problemOfEscape(value);
    if (problem !== null) return { problem };
    path += isUnreserved(value) ? String.fromCharCode(value) : `%${digits.toUpperCase()}`;
    i += 2;
  }
  return { path };
}

function problemOfCharacter(c: number): string | null {
  if (c === 0x3b) return semicolon;
  if (c === 0x5c) return 'The path has a backslash.';
  // Braces, pipes and carets are not pchar, but clients send them and every reader agrees on them.
  if (isPlain(c) || (c > 0x20 && c < 0x7f && c !== 0x23 && c !== 0x3f)) return null;
  return 'The path has a character outside of visible ASCII: escape it.';
}

function problemOfEscape(value: number): string | null {
  if (value === slash || value === 0x5c) return 'The path has an encoded slash or backslash.';
  if (value === 0x3b) return semicolon;
  if (value < 0x20 || value === 0x7f) return 'The path has an encoded control character.';
  return null;
}

const semicolon = 'The path has a ";": path parameters are not supported.';

function resolveSegments(path: string): NormalPath {
  const out: string[] = [];
  const segments = path.split('/');
  const last = segments.length - 1;
  for (let i = 1; i <= last; i++) {
    const segment = segments[i] as string;
    if (segment === '..') {
      if (out.length === 0) return { problem: 'The path climbs above the root.' };
      out.pop();
    } else if (segment !== '' && segment !== '.') out.push(segment);
  }
  const tail = segments[last] as string;
  const endsInSlash = out.length > 0 && (tail === '' || tail === '.' || tail === '..');
  return { path: `/${out.join('/')}${endsInSlash ? '/' : ''}` };
}
