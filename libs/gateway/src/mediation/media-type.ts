import type { FieldList } from './field-list.js';

/** Lower case, without parameters; empty when the message names none, or names two. */
export function mediaTypeOf(fields: FieldList): string {
  const values = fields.raw.filter((_, i) => i % 2 === 1 && fields.raw[i - 1]?.toLowerCase() === 'content-type');
  return values.length === 1 ? (values[0]?.split(';', 1)[0]?.trim().toLowerCase() ?? '') : '';
}

export function isJson(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json') || mediaType === 'text/json';
}

export function isXml(mediaType: string): boolean {
  return mediaType === 'application/xml' || mediaType === 'text/xml' || mediaType.endsWith('+xml');
}
