import type { TollgateConfig } from './schema.js';

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

/** Where the shared counters are. */
export type RedisServers = Access &
  (
    | { readonly kind: 'single'; readonly address: Address }
    | {
        readonly kind: 'sentinel';
        readonly sentinels: readonly Address[];
        readonly masterName: string;
        readonly sentinelPassword: string | undefined;
      }
    | { readonly kind: 'cluster'; readonly nodes: readonly Address[] }
  );

type Store = NonNullable<TollgateConfig['apim']['distributed_throttling']['keyvalue_store']>;

/** The store of `[apim.distributed_throttling]`; undefined when it is not enabled. The wiring was checked. */
export function counterStoreServers(config: TollgateConfig): RedisServers | undefined {
  const { enable, keyvalue_store: store } = config.apim.distributed_throttling;
  if (!enable || !store) return undefined;
  const access = { username: store.user, password: store.password, tls: store.ssl };
  if (store.cluster_nodes) return { kind: 'cluster', nodes: store.cluster_nodes.map(addressOf), ...access };
  if (store.sentinels) {
    const { master_name: masterName = '', sentinel_password: sentinelPassword } = store;
    return { kind: 'sentinel', sentinels: store.sentinels.map(addressOf), masterName, sentinelPassword, ...access };
  }
  return { kind: 'single', address: { host: store.host ?? '', port: store.port }, ...access };
}

/** First part of the names of all counters: gateways and traffic managers of one installation have the same. */
export function counterKeyPrefix(config: TollgateConfig): string {
  return `${config.tollgate.event_hub.exchange_prefix}:throttle`;
}

/** What is wrong with the keys of the store, with the cure. */
export function checkCounterStore(config: TollgateConfig): string[] {
  const { enable, keyvalue_store: store } = config.apim.distributed_throttling;
  const table = '[apim.distributed_throttling.keyvalue_store]';
  if (!enable) return [];
  if (!store) {
    return [
      `[apim.distributed_throttling] is enabled without a store: name the server in ${table}, or set enable = false.`,
    ];
  }
  const given = (['host', 'sentinels', 'cluster_nodes'] as const).filter((key) => store[key] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none of them' : given.join(' and ');
    return [`${table} takes one of host, sentinels and cluster_nodes, and has ${found}. Leave one.`];
  }
  return [...checkSentinels(store, table), ...checkAddresses(store, table)];
}

function checkSentinels(store: Store, table: string): string[] {
  if (store.sentinels && store.master_name === undefined)
    return [`${table} has sentinels without master_name: give the name under which they watch the master.`];
  if (!store.sentinels && store.master_name !== undefined)
    return [`${table} has master_name without sentinels: list them as host:port, or remove master_name.`];
  return [];
}

function checkAddresses(store: Store, table: string): string[] {
  return (['sentinels', 'cluster_nodes'] as const).flatMap((key) => {
    const list = store[key];
    if (!list) return [];
    if (list.length === 0) return [`${table} ${key} is empty: name at least one as host:port.`];
    const wrong = list.filter((text) => addressOf(text).host === '' || !(addressOf(text).port > 0));
    return wrong.map((text) => `${table} ${key}: "${text}" is no address. Write it as host:port.`);
  });
}

/** `host:port`, with an IPv6 host in brackets; what does not fit gets port 0. */
function addressOf(text: string): Address {
  const [, host = '', port = '0'] = /^(.+):(\d{1,5})$/.exec(text.trim()) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) < 65_536 ? Number(port) : 0 };
}
