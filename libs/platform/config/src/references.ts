/**
 * Replaces `$ref{a.b}` by the value of another key and `$env{NAME}` by an environment variable, wherever they stand in a text.
 * @param defaults the configuration of an empty file: what a key that is not written has
 */
export function resolveReferences(
  root: Record<string, unknown>,
  defaults: unknown,
  env: Readonly<Record<string, string | undefined>>,
): { problems: { path: string[]; message: string }[] } {
  const problems: { path: string[]; message: string }[] = [];
  visit(root, [], (text, path) => resolveText(text, path, []));
  return { problems };

  function resolveText(text: string, path: string[], seen: readonly string[]): string {
    return text.replaceAll(/\$(ref|env)\{([^}]*)\}/g, (whole, kind: string, name: string) => {
      const found = kind === 'env' ? env[name] : (valueAt(root, name.split('.')) ?? valueAt(defaults, name.split('.')));
      if (typeof found !== 'string' && typeof found !== 'number' && typeof found !== 'boolean')
        problems.push({
          path,
          message:
            kind === 'env'
              ? `the environment variable ${name} is not set. Set it, or write the value here`
              : `${whole} points to a key that is not set. Set ${name}, or write the value here`,
        });
      else if (seen.includes(name)) problems.push({ path, message: `${whole} refers to itself` });
      else return kind === 'ref' ? resolveText(String(found), path, [...seen, name]) : String(found);
      return whole;
    });
  }
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined),
    root,
  );
}

function visit(node: unknown, path: string[], replace: (text: string, path: string[]) => string): void {
  if (typeof node !== 'object' || node === null) return;
  const table = node as Record<string, unknown>;
  for (const [key, value] of Object.entries(table)) {
    if (typeof value === 'string') table[key] = replace(value, [...path, key]);
    else visit(value, [...path, key], replace);
  }
}
