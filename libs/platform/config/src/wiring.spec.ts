import { StartupError } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import { counterStoreServers } from './counter-store.js';
import { loadConfig } from './load.js';
import { ports } from './ports.js';
import { configSchema } from './schema.js';
import { checkWiring } from './wiring.js';

function problemsOf(toml: string, roles: readonly string[]): readonly string[] {
  try {
    checkWiring(loadConfig({ toml, env: {} }), roles);
  } catch (error) {
    if (error instanceof StartupError) return error.problems;
    throw error;
  }
  return [];
}

const group = (urls: string, more = ''): string =>
  `[[apim.throttling.url_group]]\ntraffic_manager_urls = ${urls}\n${more}`;

describe('checkWiring', () => {
  it('accepts the embedded default for all roles', () => {
    expect(problemsOf('', ['publisher', 'gateway', 'traffic-manager', 'event-hub'])).toEqual([]);
  });

  it('V-58 refuses a group that names a broker twice, without showing its password', () => {
    expect(problemsOf(group('["tcp://u:pw@a:1", "tcp://u:pw@A:1/"]'), ['traffic-manager'])).toEqual([
      '[[apim.throttling.url_group]] number 1 names tcp://a:1 twice: one endpoint would get two shares. Name each endpoint once.',
    ]);
  });

  it('refuses an auth URL count that differs', () => {
    const toml = group('["tcp://a:1","tcp://b:1"]', 'traffic_manager_auth_urls = ["ssl://a:2"]');
    expect(problemsOf(toml, ['traffic-manager'])).toEqual([expect.stringContaining('has 2 endpoints and 1 auth URLs')]);
  });

  it('refuses a distributed gateway that hears no decisions', () => {
    expect(problemsOf(group('["tcp://a:1"]'), ['gateway'])[0]).toContain('throttle_decision_endpoints is empty');
  });

  it('accepts it as soon as it hears them and knows its control plane', () => {
    const heard = `[apim.throttling]\nthrottle_decision_endpoints = ["tcp://a:5"]\n${group('["tcp://a:1"]')}`;
    const known = '\n[apim.event_hub]\nservice_url = "https://cp:9443/services/"';
    expect(problemsOf(heard, ['gateway'])).toEqual([expect.stringContaining('service_url is missing')]);
    expect(problemsOf(heard + known, ['gateway'])).toEqual([]);
  });

  it('refuses a certificate without its key', () => {
    expect(problemsOf('[tollgate.gateway]\ntls_cert_file = "a.pem"', ['gateway'])[0]).toContain(
      'tls_key_file together',
    );
  });

  it('refuses every origin together with credentials', () => {
    expect(problemsOf('[apim.cors]\nallow_credentials = true', ['gateway'])).toEqual([
      expect.stringContaining('would let every site act as its visitor'),
    ]);
  });
});

describe('ports', () => {
  it('one offset moves all of them, and 0 stays any free port', () => {
    const config = loadConfig({ toml: '[server]\noffset = 10\n[tollgate.gateway]\nhttp_port = 0', env: {} });
    expect(ports(config)).toMatchObject({
      management_https: 9453,
      management_http: 9773,
      gateway_https: 8253,
      gateway_http: 0,
      gateway_wss: 8109,
      gateway_ws: null,
    });
  });
});

describe('the store of shared counters', () => {
  const problemOf = (store: string): string => {
    const toml = `[apim.distributed_throttling]\nenable = true\n[apim.distributed_throttling.keyvalue_store]\n${store}`;
    return problemsOf(toml, ['traffic-manager']).join('\n');
  };

  it.each([
    ['host = "kv"', ''],
    ['sentinels = ["a:26379", "[::1]:26379"]\nmaster_name = "counters"', ''],
    ['cluster_nodes = ["a:7000", "b:7000"]', ''],
    ['', 'takes one of host, sentinels and cluster_nodes, and has none of them'],
    ['host = "kv"\ncluster_nodes = ["a:7000"]', 'and has host and cluster_nodes. Leave one'],
    ['sentinels = ["a:26379"]', 'sentinels without master_name'],
    ['host = "kv"\nmaster_name = "m"', 'master_name without sentinels'],
    ['cluster_nodes = []', 'cluster_nodes is empty'],
    ['cluster_nodes = ["a", "b:7000", "c:99999"]', '"a" is no address. Write it as host:port'],
  ])('%s', (store, problem) => {
    if (problem === '') expect(problemOf(store)).toBe('');
    else expect(problemOf(store)).toContain(problem);
  });

  it('is handed on as one server, sentinels, or a cluster, always with the access', () => {
    const serversOf = (store: object) =>
      counterStoreServers(
        configSchema.parse({ apim: { distributed_throttling: { enable: true, keyvalue_store: store } } }),
      );
    const access = { username: 'tm', password: 'p', tls: true };
    const keys = { user: 'tm', password: 'p', ssl: true };
    expect(serversOf({ host: 'kv', ...keys })).toEqual({
      kind: 'single',
      address: { host: 'kv', port: 6379 },
      ...access,
    });
    expect(serversOf({ sentinels: ['[::1]:26379'], master_name: 'm', sentinel_password: 's', ...keys })).toEqual({
      kind: 'sentinel',
      sentinels: [{ host: '::1', port: 26_379 }],
      masterName: 'm',
      sentinelPassword: 's',
      ...access,
    });
    expect(serversOf({ cluster_nodes: ['a:7000'], ...keys })).toEqual({
      kind: 'cluster',
      nodes: [{ host: 'a', port: 7000 }],
      ...access,
    });
  });
});
