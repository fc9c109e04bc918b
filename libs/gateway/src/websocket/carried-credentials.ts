import type { DeploymentRecord } from '@tollgate/api/contract';
import { Exchange, type UpgradeRequest } from '../pipeline/exchange.js';
import { HeaderList } from '../pipeline/header-list.js';

/** Names under which a query or a list of subprotocols may carry a credential. */
const accessToken = 'access_token';
const apiKey = 'apikey';

/**
 * Browsers cannot set fields on a WebSocket or an EventSource, so the credential of a stream may also stand in the query (`?access_token=…` as in RFC
 * 6750 section 2.3, `?apikey=…`) or among the subprotocols of a WebSocket as a pair: `access_token, TOKEN` or `apikey, KEY`. Here it
 * becomes the field that the API names, beside those that are there already, so that one sent twice is refused as
 * everywhere; the back end sees neither form.
 */
export function withCarriedCredentials(x: Exchange, deployment: DeploymentRecord): Exchange {
  const found: string[] = [];
  const add = (name: string, value: string): void => {
    if (name === accessToken) found.push(deployment.authorizationHeader, `Bearer ${value}`);
    else found.push(deployment.apiKeyHeader, value);
  };
  const query = takeFromQuery(x.query, add);
  const upgrade = x.upgrade === null ? null : takeFromProtocols(x.upgrade, add);
  if (found.length === 0) return x;
  const { method, scheme, host, authority, path, clientIp, forwardedFor, bodyBytes } = x;
  const headers = new HeaderList([...x.headers.raw, ...found]);
  const head = { method, scheme, host, authority, path, query, headers, clientIp, forwardedFor, bodyBytes, upgrade };
  const carried = new Exchange(head, x.receivedAtMs, x.clientCertificate);
  carried.api = x.api;
  carried.resource = x.resource;
  return carried;
}

type Taker = (name: string, value: string) => void;

/** Gives what is left of the query, with its `?`. */
function takeFromQuery(query: string, take: Taker): string {
  if (!query.includes(`${accessToken}=`) && !query.includes(`${apiKey}=`)) return query;
  const left = query
    .slice(1)
    .split('&')
    .filter((part) => {
      const name = part.slice(0, part.indexOf('='));
      if (name !== accessToken && name !== apiKey) return true;
      take(name, new URLSearchParams(`v=${part.slice(name.length + 1)}`).get('v') ?? '');
      return false;
    });
  return left.length === 0 ? '' : `?${left.join('&')}`;
}

/** The name stays offered: a browser ends a connection whose server picks none of its subprotocols. */
function takeFromProtocols(upgrade: UpgradeRequest, take: Taker): UpgradeRequest {
  const at = upgrade.protocols.findIndex((name) => name === accessToken || name === apiKey);
  const value = upgrade.protocols[at + 1];
  if (at < 0 || value === undefined) return upgrade;
  take(upgrade.protocols[at] as string, value);
  return { ...upgrade, protocols: upgrade.protocols.toSpliced(at, 2), fallback: upgrade.protocols[at] as string };
}
