import { isIP } from 'node:net';
import type { CompiledApi } from './compiled-api.js';

/** Where a request goes: the API, and the path below its base path. */
export interface Route {
  readonly api: CompiledApi;
  readonly resource: string;
}

interface HostTable {
  readonly byBasePath: ReadonlyMap<string, CompiledApi>;
  /** Most segments of a base path in the table: how far a lookup has to go. */
  readonly depth: number;
}

/**
 * All routes of one moment: a value that is replaced whole. A lookup costs one map access per path segment up to the
 * deepest base path, whatever the number of APIs; the longest base path wins.
 */
export class RouteTable {
  static readonly empty = new RouteTable(new Map(), emptyHost());

  private constructor(
    readonly hosts: ReadonlyMap<string, HostTable>,
    /** Every API: for callers that address the gateway by number or as localhost, where no name can tell hosts apart. */
    readonly anyHost: HostTable,
  ) {}

  /** A new table with these deployments removed and added; `all` gives the ones in force afterwards, asked only for base paths that were shared. */
  with(removed: readonly CompiledApi[], added: readonly CompiledApi[], all: () => Iterable<CompiledApi>): RouteTable {
    const hosts = new Map(this.hosts);
    const touched = new Set([...removed, ...added].map((api) => api.vhost));
    for (const vhost of touched) {
      const ofHost = (api: CompiledApi) => api.vhost === vhost;
      const table = edit(hosts.get(vhost) ?? emptyHost(), removed.filter(ofHost), added.filter(ofHost), all, ofHost);
      if (table.byBasePath.size === 0) hosts.delete(vhost);
      else hosts.set(vhost, table);
    }
    return new RouteTable(
      hosts,
      edit(this.anyHost, removed, added, all, () => true),
    );
  }

  /** `null` when nothing is served there. */
  find(host: string, path: string): Route | null {
    const table = this.hosts.get(host) ?? (isUnnamed(host) ? this.anyHost : undefined);
    return table ? findIn(table, path) : null;
  }
}

function emptyHost(): HostTable {
  return { byBasePath: new Map(), depth: 0 };
}

/** `localhost` and addresses are no virtual host of their own unless one is named so. */
function isUnnamed(host: string): boolean {
  return host === 'localhost' || host.charCodeAt(0) === 0x5b || isIP(host) !== 0;
}

function findIn(table: HostTable, path: string): Route | null {
  let found: CompiledApi | undefined;
  let foundEnd = 0;
  let end = 0;
  for (let depth = 0; depth < table.depth && end < path.length; depth++) {
    const next = path.indexOf('/', end + 1);
    end = next < 0 ? path.length : next;
    const api = table.byBasePath.get(path.slice(0, end));
    if (api) {
      found = api;
      foundEnd = end;
    }
  }
  return found ? { api: found, resource: path.slice(foundEnd) } : null;
}

/** Copies the map and changes only the base paths concerned. */
function edit(
  table: HostTable,
  removed: readonly CompiledApi[],
  added: readonly CompiledApi[],
  all: () => Iterable<CompiledApi>,
  belongs: (api: CompiledApi) => boolean,
): HostTable {
  const byBasePath = new Map(table.byBasePath);
  const vacated = new Set<string>();
  for (const api of removed) {
    for (const path of api.basePaths) if (byBasePath.get(path) === api && byBasePath.delete(path)) vacated.add(path);
  }
  for (const api of added) for (const path of api.basePaths) take(byBasePath, path, api);
  for (const path of vacated) if (byBasePath.has(path)) vacated.delete(path);
  if (vacated.size > 0) {
    for (const api of all()) {
      if (belongs(api)) for (const path of api.basePaths) if (vacated.has(path)) take(byBasePath, path, api);
    }
  }
  let depth = table.depth;
  for (const api of added) for (const path of api.basePaths) depth = Math.max(depth, path.split('/').length - 1);
  return { byBasePath, depth };
}

/** Two deployments may claim one path (an API on two environments of this gateway): the first by environment and id keeps it, on every gateway alike. */
function take(byBasePath: Map<string, CompiledApi>, path: string, api: CompiledApi): void {
  const holder = byBasePath.get(path);
  if (!holder || rank(api) <= rank(holder)) byBasePath.set(path, api);
}

function rank(api: CompiledApi): string {
  return `${api.deployment.environment}\0${api.api.uuid}`;
}
