import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Value of a cookie; null when the request carries none of this name, or several: somebody else may have set one of them.
 * @param name with the prefix `__Host-`, which browsers take from this very host over TLS only (RFC 6265bis section 4.1.3)
 */
export function readCookie(request: FastifyRequest, name: `__Host-${string}`): string | null {
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && /^[\w-]{1,200}$/.test(value) ? value : null;
}

/**
 * Sets a cookie that no script reads, that goes over TLS to this host only, and that other sites send with plain
 * navigations at most. It lasts until the browser is closed.
 */
export function setCookie(reply: FastifyReply, name: `__Host-${string}`, value: string): void {
  append(reply, `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`);
}

export function clearCookie(reply: FastifyReply, name: `__Host-${string}`): void {
  append(reply, `${name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`);
}

function append(reply: FastifyReply, cookie: string): void {
  void reply.header('set-cookie', cookie); // Fastify keeps a list for this one header
}
