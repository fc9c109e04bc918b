/** Fields that describe one connection and are never passed on (RFC 9110 section 7.6.1), with the ones of older days. */
export const hopByHopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Fields by which a back end learns about the caller and its message; only gateways write them (requirement R-46). */
export const gatewayRequestHeaders: ReadonlySet<string> = new Set([
  'forwarded',
  'x-real-ip',
  'x-jwt-assertion',
  'x-user',
  'x-client-cert',
  'x-wso2-client-certificate',
  'proxy', // a CGI back end would take it for its own outgoing proxy
  'internal-key',
  'host',
  'content-length',
  'expect',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
  'sec-websocket-accept',
]);

/**
 * Whether no policy may write that field: it belongs to the connection, tells the back end who calls, or is decided by
 * the API's cross-origin rules. Dashes and underscores are the same, as they are to many a back end.
 */
export function isReservedHeader(name: string, message: 'request' | 'answer'): boolean {
  const dashed = name.toLowerCase().replaceAll('_', '-');
  if (hopByHopHeaders.has(dashed) || dashed === 'content-length') return true;
  if (message === 'answer') return dashed.startsWith('access-control-');
  return gatewayRequestHeaders.has(dashed) || dashed.startsWith('x-forwarded-') || dashed === 'via';
}
