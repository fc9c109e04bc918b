const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?=[/?]|$)/;

/**
 * Whether a redirect may go to `given`: it is one of the registered texts, character for character. Only the port of a
 * loopback address may differ, because native apps listen on whatever port is free (RFC 8252 section 7.3).
 */
export function isRegisteredRedirect(registered: readonly string[], given: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(given)) return false; // names without a scheme are registered by clients that never redirect
  return registered.includes(given) || registered.some((uri) => isLoopbackTwin(uri, given));
}

function isLoopbackTwin(registered: string, given: string): boolean {
  const host = loopback.exec(registered)?.[1];
  if (host === undefined || host !== loopback.exec(given)?.[1]) return false;
  const withoutPort = (uri: string): string => uri.replace(loopback, `http://${host}`);
  return withoutPort(registered) === withoutPort(given);
}
