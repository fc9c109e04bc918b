import type { HeaderList } from '../pipeline/header-list.js';
import type { Refusal } from '../pipeline/verdict.js';

export interface FaultBody {
  readonly contentType: string;
  readonly text: string;
}

/**
 * The body of a refusal: JSON, or for POST, PUT and PATCH what the request's media type asks for: an XML fault, or a
 * SOAP 1.1 fault for SOAP requests. Other methods always get JSON.
 */
export function faultBody(refusal: Refusal, method: string, headers: HeaderList): FaultBody {
  const mediaType = carriesBody.has(method) ? mediaTypeOf(headers) : '';
  if (headers.get('soapaction') !== undefined && isXml(mediaType)) {
    return { contentType: 'text/xml; charset=UTF-8', text: soapFault(refusal) };
  }
  if (isXml(mediaType))
    return { contentType: 'application/xml; charset=UTF-8', text: xmlDeclaration + xmlFault(refusal) };
  return { contentType: 'application/json; charset=UTF-8', text: jsonFault(refusal) };
}

const carriesBody = new Set(['POST', 'PUT', 'PATCH']);

function mediaTypeOf(headers: HeaderList): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function isXml(mediaType: string): boolean {
  return mediaType === 'text/xml' || mediaType === 'application/xml' || mediaType.endsWith('+xml');
}

/** The refusal as JSON. */
export function jsonFault(refusal: Refusal): string {
  const { kind, code, message, description, nextAccessTime } = refusal;
  if (kind === 'status') return JSON.stringify({ code, type: 'Status report', message, description });
  return JSON.stringify({ code, message, description, nextAccessTime });
}

const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>';

const namespaces: Record<Refusal['kind'], { readonly prefix: string; readonly uri: string }> = {
  status: { prefix: 'am', uri: 'http://wso2.org/apimanager' },
  security: { prefix: 'ams', uri: 'http://wso2.org/apimanager/security' },
  throttling: { prefix: 'amt', uri: 'http://wso2.org/apimanager/throttling' },
};

function xmlFault({ kind, code, message, description, nextAccessTime }: Refusal): string {
  const { prefix, uri } = namespaces[kind];
  const parts: (readonly [string, string | undefined])[] = [
    ['code', code],
    ['type', kind === 'status' ? 'Status report' : undefined],
    ['message', message],
    ['description', description],
    ['nextAccessTime', nextAccessTime],
  ];
  const inner = parts.map(([name, value]) =>
    value === undefined ? '' : `<${prefix}:${name}>${escapeXml(value)}</${prefix}:${name}>`,
  );
  return `<${prefix}:fault xmlns:${prefix}="${uri}">${inner.join('')}</${prefix}:fault>`;
}

/** SOAP 1.1 section 4.4; the field's fault is its detail. */
function soapFault(refusal: Refusal): string {
  const side = refusal.status < 500 ? 'Client' : 'Server';
  return (
    `${xmlDeclaration}<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
    `<soapenv:Fault><faultcode>soapenv:${side}</faultcode><faultstring>${escapeXml(refusal.message)}</faultstring>` +
    `<detail>${xmlFault(refusal)}</detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`
  );
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '?');
}
