/** Variables of key templates. */
export const keyVariables = [
  'resourceKey',
  'userId',
  'apiContext',
  'apiVersion',
  'appTenant',
  'apiTenant',
  'appId',
  'clientIp',
] as const;
export type KeyVariable = (typeof keyVariables)[number];

/** A template, read once: texts and variables in their order. */
export interface KeyTemplate {
  readonly parts: readonly (string | { readonly variable: KeyVariable })[];
}

/** A template cannot be used; `offset` is where in it, from 0. */
export class KeyTemplateError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
    this.name = 'KeyTemplateError';
  }
}

/** @throws KeyTemplateError for an unknown variable, or a template without any */
export function parseKeyTemplate(text: string): KeyTemplate {
  const parts: (string | { variable: KeyVariable })[] = [];
  let at = 0;
  for (const match of text.matchAll(/\$([A-Za-z0-9_.]*)/g)) {
    if (match.index > at) parts.push(text.slice(at, match.index));
    const name = match[1] ?? '';
    // What follows a name may be read as part of it: `$userId.x` is the user, then `.x`.
    const variable = [...keyVariables].sort((a, b) => b.length - a.length).find((each) => name.startsWith(each));
    if (!variable) throw new KeyTemplateError(unknownVariable(name), match.index);
    parts.push({ variable });
    at = match.index + 1 + variable.length;
  }
  if (at < text.length) parts.push(text.slice(at));
  if (parts.every((part) => typeof part === 'string')) {
    throw new KeyTemplateError(`write at least one variable: ${keyVariables.map((name) => `$${name}`).join(' ')}`, 0);
  }
  return { parts };
}

/** The key of one request; `null` when a variable has no value for it, so that the rule does not concern it. */
export function resolveKey({ parts }: KeyTemplate, valueOf: (variable: KeyVariable) => string): string | null {
  let key = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : valueOf(part.variable);
    if (value === '') return null;
    key += value;
  }
  return key;
}

function unknownVariable(name: string): string {
  if (name.startsWith('customProperty')) return '$customProperty is not supported: gateways have no custom properties';
  const lower = name.toLowerCase();
  const near = keyVariables.find(
    (each) => each.toLowerCase().startsWith(lower.slice(0, 4)) || lower.startsWith(each.toLowerCase()),
  );
  return `$${name} is no variable of key templates${lower !== '' && near ? `; did you mean $${near}?` : ''}`;
}

/** Both numeric forms of an address, as rules read them: `ip` of IPv4, `ipv6` of IPv6 as decimal text; 0 for the other. */
export function addressNumbers(clientIp: string): { readonly ip: number; readonly ipv6: string } {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(clientIp)) {
    return { ip: clientIp.split('.').reduce((all, part) => all * 256 + Number(part), 0), ipv6: '0' };
  }
  return { ip: 0, ipv6: ipv6Number(clientIp) };
}

function ipv6Number(text: string): string {
  const address = (text.split('%')[0] ?? '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((part) => part.toString(16)).join(':'),
  );
  if (!/^[0-9a-fA-F:]+$/.test(address)) return '0';
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - behind.length) }, () => '0');
  const groups = tail === undefined ? before : [...before, ...zeros, ...behind];
  if (groups.length !== 8 || groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return '0';
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`).toString();
}

/** `$clientIp` in keys: the address as a number. */
export function addressKey(clientIp: string): string {
  const { ip, ipv6 } = addressNumbers(clientIp);
  return ip === 0 ? ipv6 : String(ip);
}
