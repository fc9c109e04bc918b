/**
 * Host name of an authority (`Host` field or absolute-form target), lower case and without port; `null` when it breaks
 * the grammar. Anchored, so nothing behind the name can smuggle a second one (requirement R-50).
 */
export function hostOfAuthority(authority: string): string | null {
  if (authority === lastAuthority) return lastHost;
  const match = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::\d{1,5})?$/.exec(authority);
  if (match === null) return null;
  lastAuthority = authority;
  return (lastHost = (match[1] as string).toLowerCase());
}

/** Most requests name the same host as the one before. */
let lastAuthority: string | null = null;
let lastHost = '';
