import type { UpstreamTls } from './back-end-trust.js';
import type { CompiledEndpoint } from '../pipeline/compiled-api.js';

/**
 * Takes an endpoint URL apart once, at deploy time.
 * @param tlsFor says how the TLS of an origin differs from what is usual
 * @throws TypeError naming the URL when it is none that can be called
 */
export function compileEndpoint(
  url: string,
  tlsFor: (origin: string) => UpstreamTls | null = () => null,
): CompiledEndpoint {
  if (!URL.canParse(url)) throw new TypeError(`The endpoint "${url}" is no URL: write it as http://host:port/path.`);
  const parsed = new URL(url);
  if (!/^(http|ws)s?:$/.test(parsed.protocol)) {
    throw new TypeError(`The endpoint "${url}" has to begin with http://, https://, ws:// or wss://.`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new TypeError('An endpoint URL must not hold a user name or password.');
  }
  const origin = `${parsed.protocol.replace('ws', 'http')}//${parsed.host}`;
  const tls = tlsFor(origin);
  return {
    origin,
    tls,
    pool: tls === null ? origin : `${origin} ${tls.key}`,
    host: parsed.host,
    basePath: parsed.pathname.replaceAll(/\/{2,}/g, '/').replace(/\/$/, ''),
    query: parsed.search.slice(1),
  };
}

/** Joins the endpoint's base path and the resource; slashes at the seam collapse. */
export function upstreamTarget(endpoint: CompiledEndpoint, resource: string, query: string): string {
  const path = `${endpoint.basePath}${resource}` || '/';
  if (endpoint.query === '') return path + query;
  return query === '' ? `${path}?${endpoint.query}` : `${path}?${endpoint.query}&${query.slice(1)}`;
}
