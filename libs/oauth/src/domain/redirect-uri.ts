/**
 * Why this cannot be a callback URL; null when it can. A name without a scheme (`www.example.com`) is taken, because
 * clients of the field register one when they never redirect; it can never match a redirect, which needs an absolute URL.
 */
export function redirectUriProblem(uri: string): string | null {
  if (uri.length > 2000) return 'A callback URL has at most 2000 characters.';
  if (/[\s\p{Cc}<>"'\\^`{|}*]/u.test(uri))
    return 'A callback URL holds no spaces, quotes, wildcards or control characters.';
  if (uri.includes('#')) return 'A callback URL has no fragment (#).';
  if (uri.startsWith('//') || uri.startsWith('/')) return 'A callback URL is absolute.';
  const scheme = /^([a-z][a-z0-9+.-]*):(?!\d)/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return null;
  return isAllowedScheme(scheme) ? problemOfUrl(uri, scheme) : `A callback URL does not use "${scheme}:".`;
}

/** https, http, and the reverse-domain schemes of native apps (RFC 8252 section 7.1). */
function isAllowedScheme(scheme: string): boolean {
  return scheme === 'https' || scheme === 'http' || scheme.includes('.');
}

function problemOfUrl(uri: string, scheme: string): string | null {
  const url = URL.parse(uri);
  if (!url) return 'The callback URL is malformed.';
  if (url.username || url.password) return 'A callback URL carries no user name and no password.';
  if (scheme.startsWith('http') && url.hostname === '') return 'The callback URL names no host.';
  return null;
}
