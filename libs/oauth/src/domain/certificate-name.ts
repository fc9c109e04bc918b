import type { X509Certificate } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

/** What the certificate of a `tls_client_auth` client says (RFC 8705 section 2.1.2): one of the five. */
export interface CertificateName {
  readonly kind: 'subject_dn' | 'san_dns' | 'san_uri' | 'san_ip' | 'san_email';
  readonly value: string;
}

/** Why a name that a client registers cannot be compared with certificates; null when it can. */
export function certificateNameProblem({ kind, value }: CertificateName): string | null {
  if (value === '' || value.length > 1000) return 'A name of a certificate has 1 to 1,000 characters.';
  if (kind === 'subject_dn' && readRfc4514(value) === null)
    return 'Write the subject as RFC 4514 does, for example CN=orders,O=Example,C=NL, without multi-valued parts.';
  if (kind === 'san_ip' && isIP(value) === 0) return 'That is no IP address.';
  return null;
}

/**
 * Whether a certificate has the name, whole and exactly: no wildcard, no part of it. DNS names compare in any case, IP
 * addresses by their value, subjects part by part in their order.
 */
export function isNamed(certificate: X509Certificate, { kind, value }: CertificateName): boolean {
  if (kind === 'subject_dn') return sameParts(readRfc4514(value), readSubject(certificate.subject));
  const wanted = alternativeKinds[kind];
  return alternativeNames(certificate.subjectAltName).some(
    ([type, name]) => type === wanted && sameAlternative(kind, name, value),
  );
}

const alternativeKinds = { san_dns: 'DNS', san_uri: 'URI', san_ip: 'IP Address', san_email: 'email' } as const;

function sameAlternative(kind: CertificateName['kind'], a: string, b: string): boolean {
  if (kind === 'san_dns') return a.toLowerCase() === b.toLowerCase();
  return kind === 'san_ip' ? sameAddress(a, b) : a === b;
}

function sameAddress(a: string, b: string): boolean {
  if (isIP(a) === 0 || isIP(a) !== isIP(b)) return false;
  const family = isIP(a) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addAddress(a, family);
  return list.check(b, family);
}

type Part = readonly [type: string, value: string];

function sameParts(a: readonly Part[] | null, b: readonly Part[] | null): boolean {
  if (a === null || b === null || a.length === 0 || a.length !== b.length) return false;
  return a.every(([type, value], i) => type === b[i]?.[0] && value === b[i]?.[1]);
}

const aliases: Readonly<Record<string, string>> = { E: 'EMAILADDRESS', EMAIL: 'EMAILADDRESS', S: 'ST' };

/** RFC 4514 writes the last part first. */
function readRfc4514(text: string): Part[] | null {
  const parts = splitUnescaped(text, ',').map((part) => readPart(part.trim()));
  return parts.every((part) => part !== null) ? parts.toReversed() : null;
}

/** As Node writes a subject: a part a line, in the order of the certificate, with the escapes of RFC 2253. */
function readSubject(subject: string): Part[] | null {
  const parts = subject.split('\n').map(readPart);
  return parts.every((part) => part !== null) ? parts : null;
}

function readPart(text: string): Part | null {
  const [, type, value] = /^([A-Za-z][A-Za-z0-9-]*) ?= ?((?:[^\\]|\\.)+)$/su.exec(text) ?? [];
  if (type === undefined || value === undefined || value.startsWith('#') || splitUnescaped(value, '+').length > 1)
    return null;
  const upper = type.toUpperCase();
  return [aliases[upper] ?? upper, unescaped(value)];
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [''];
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] as string;
    if (sign === separator) parts.push('');
    else if (sign === '\\') parts.push((parts.pop() ?? '') + sign + (text[++i] ?? ''));
    else parts.push((parts.pop() ?? '') + sign);
  }
  return parts;
}

/** Bytes in hexadecimal, or the sign itself (RFC 4514 section 2.4). */
function unescaped(text: string): string {
  return text.replaceAll(/(?:\\[0-9a-fA-F]{2})+|\\(.)/gsu, (all, sign: string | undefined) =>
    sign === undefined ? Buffer.from(all.replaceAll('\\', ''), 'hex').toString('utf8') : sign,
  );
}

/** As Node writes them, who puts names with separators in them between quotation marks. */
function alternativeNames(text: string | undefined): Part[] {
  const found: Part[] = [];
  const entry = /(DNS|URI|IP Address|email|othername|DirName|Registered ID):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y;
  while (text !== undefined && entry.lastIndex < text.length) {
    const [, type, value] = entry.exec(text) ?? [];
    if (type === undefined || value === undefined) return []; // a form that we do not know names nobody
    found.push([type, value.startsWith('"') ? (JSON.parse(value) as string) : value]);
  }
  return found;
}
