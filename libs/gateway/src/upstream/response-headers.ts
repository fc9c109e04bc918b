import { lowerName } from '../http1/field-names.js';
import type { Exchange } from '../pipeline/exchange.js';
import { connectionOptions, hopByHopHeaders } from './hop-by-hop.js';

/**
 * Header list for the client from what the back end answered: without the fields of that hop, with those the filters
 * added. Where the gateway decides about cross-origin access, the back end's own words on it are left out.
 */
export function clientResponseHeaders(x: Exchange, raw: readonly string[]): string[] {
  const named = connectionOptions(raw);
  const decidesCors = x.api?.deployment.cors.corsConfigurationEnabled === true;
  const out: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const lower = lowerName(name);
    if (hopByHopHeaders.has(lower) || named?.has(lower)) continue;
    if (decidesCors && lower.startsWith('access-control-allow-')) continue;
    out.push(name, raw[i + 1] as string);
  }
  for (const each of x.responseHeaders) out.push(each);
  return out;
}
