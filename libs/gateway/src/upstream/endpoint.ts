import type { CompiledEndpoint } from '../pipeline/compiled-api.js';

/**
 * Takes an endpoint URL apart once, at deploy time.
 * @throws TypeError naming the URL when it is none that can be called
 */
export function compileEndpoint(url: string): CompiledEndpoint {
  if (!URL.canParse(url)) throw new TypeError(`The endpoint "${url}" is no URL: write it as http://host:port/path.`);
  const parsed = new URL(url);
  if (!/^(http|ws)s?:$/.test(parsed.protocol)) {
    throw new TypeError(`The endpoint "${url}" has to begin with http://, https://, ws:// or wss://.`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new TypeError('An endpoint URL must not hold a user name or password.');
  }
  return {
    origin: `${parsed.protocol.replace('ws', 'http')}//${parsed.host}`,
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
