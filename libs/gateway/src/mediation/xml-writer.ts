/**
 * XML of a JSON value. Names become elements and lists repeat them; `@name` is an attribute, `#text` the text beside
 * them. What is no XML name is written with `_` in place of what does not belong there.
 */
export function writeXml(value: unknown, root: string): string {
  const content = Array.isArray(value) ? value.map((item) => element(listItem, item)).join('') : null;
  const document = content === null ? element(root, value) : `<${root}>${content}</${root}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>${document}`;
}

/** Of lists that have no name of their own. */
const listItem = 'jsonElement';

function element(name: string, value: unknown): string {
  if (Array.isArray(value))
    return value.map((item) => element(name, Array.isArray(item) ? { [listItem]: item } : item)).join('');
  const tag = nameOf(name);
  if (value === null || value === undefined) return `<${tag}/>`;
  if (typeof value !== 'object') return `<${tag}>${escape(String(value as string | number | boolean))}</${tag}>`;
  const entries = Object.entries(value);
  const attributes = entries.filter(([key, item]) => isAttribute(key, item));
  const head = attributes.map(([key, item]) => ` ${nameOf(key.slice(1))}="${escape(String(item))}"`).join('');
  const inner = entries
    .filter(([key, item]) => !isAttribute(key, item))
    .map(([key, item]) => (key === '#text' && typeof item !== 'object' ? escape(String(item)) : element(key, item)))
    .join('');
  return inner === '' ? `<${tag}${head}/>` : `<${tag}${head}>${inner}</${tag}>`;
}

function isAttribute(key: string, value: unknown): boolean {
  return key.length > 1 && key.startsWith('@') && typeof value !== 'object';
}

function nameOf(key: string): string {
  const name = key.replaceAll(/[^\p{L}\p{N}_.:-]/gu, '_');
  return /^[\p{L}_]/u.test(name) ? name : `_${name}`;
}

/** Characters that XML 1.0 has no place for are replaced. */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
