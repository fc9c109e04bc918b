import { z } from 'zod';
import { integer, list, secret, text, toggle } from '../fields.js';

const receiverGroup = z.strictObject({
  traffic_manager_urls: list('Endpoints of one group: `tcp://host:port` is AMQP, `ssl://host:port` AMQPS.'),
  traffic_manager_auth_urls: list('Taken for compatibility; as many as there are URLs.').optional(),
  type: z
    .enum(['loadbalance', 'failover'])
    .default('loadbalance')
    .describe('Inside a group: in turn over live endpoints, or the first live one in order.'),
});

const throttling = z.strictObject({
  username: text('User for the brokers of the traffic managers; default that of the event hub.').optional(),
  password: secret('Password of that user.').optional(),
  service_url: text('Taken for compatibility: policies reach traffic managers by the event hub.').optional(),
  throttle_decision_endpoints: list(
    'Brokers from which decisions are read; on a traffic manager: its own broker.',
  ).default([]),
  event_duplicate_url: list('On a traffic manager: brokers of its peers.').default([]),
  enable_unlimited_tier: toggle('Offer the policy `Unlimited`.').default(true),
  enable_header_based_throttling: toggle(
    'Conditions on headers; off: groups with such a condition never match on this gateway.',
  ).default(true),
  enable_jwt_claim_based_throttling: toggle('The same for conditions on token claims.').default(true),
  enable_query_param_based_throttling: toggle('The same for conditions on query parameters.').default(true),
  url_group: z
    .array(receiverGroup)
    .default([])
    .describe('Groups of traffic managers: every request event goes to every group.'),
});

const hubGroup = z.strictObject({
  urls: list('Brokers of one group.'),
  auth_urls: list('Taken for compatibility; as many as there are URLs.').optional(),
  type: z.enum(['loadbalance', 'failover']).default('loadbalance').describe('As for traffic managers.'),
});

const eventHub = z.strictObject({
  enable: toggle('Use the event hub.').default(true),
  username: text('User for the brokers and for the internal data service; default the administrator.').optional(),
  password: secret('Password of that user.').optional(),
  service_url: text(
    'Address of the control planes, `https://host:9443/services/`. On traffic managers and gateways.',
  ).optional(),
  event_listening_endpoints: list('Brokers to read from; on a control plane: its own broker.').default([]),
  event_duplicate_url: list('On a control plane: brokers of its peers.').default([]),
  publish: z
    .strictObject({ url_group: z.array(hubGroup).default([]).describe('Groups of receivers of hub events.') })
    .prefault({}),
});

const environment = z.strictObject({
  name: text('Name that deployments use.'),
  type: z.enum(['hybrid', 'production', 'sandbox']).default('hybrid').describe('Which keys it takes.'),
  gateway_type: text('Kind of gateway.').default('Regular'),
  display_name: text('Name shown to people.').optional(),
  description: text('Shown to people.').optional(),
  display_in_api_console: toggle('Offer it in the console of the developer portal.').optional(),
  show_as_token_endpoint_url: toggle('Taken for compatibility.').optional(),
  provider: text('Taken for compatibility.').optional(),
  service_url: text('Taken for compatibility.').optional(),
  username: text('Taken for compatibility.').optional(),
  password: secret('Taken for compatibility.').optional(),
  http_endpoint: text('Address of plain HTTP traffic.').optional(),
  https_endpoint: text('Address of HTTPS traffic.').optional(),
  ws_endpoint: text('Address of WebSocket traffic.').optional(),
  wss_endpoint: text('Address of WebSocket traffic over TLS.').optional(),
  websub_event_receiver_http_endpoint: text('Taken for compatibility.').optional(),
  websub_event_receiver_https_endpoint: text('Taken for compatibility.').optional(),
});

const cors = z.strictObject({
  enable: toggle('Answer cross-origin requests of browsers.').default(true),
  allow_origins: list('Origins let in when an API names none.').default(['*']),
  allow_methods: list('Methods let in.').default(['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']),
  allow_headers: list('Headers let in.').default([
    'authorization',
    'Access-Control-Allow-Origin',
    'Content-Type',
    'SOAPAction',
    'apikey',
    'Internal-Key',
  ]),
  allow_credentials: toggle('Let browsers send credentials; never together with the origin `*`.').default(false),
});

const redis = {
  host: text('Host of the Redis or Valkey server.'),
  ...redisAccess(),
};

/** One server by its host, or several by the lists. */
const keyValueStore = {
  ...redis,
  host: text('Host of the Redis or Valkey server; left out with `sentinels` or `cluster_nodes`.').optional(),
  sentinels: list(
    'Sentinels as `host:port`, instead of `host`: they say which server is the master at present.',
  ).optional(),
  master_name: text('Name under which the sentinels watch the master.').optional(),
  sentinel_password: secret('Password of the sentinels, when they have one.').optional(),
  cluster_nodes: list(
    'Some nodes of a Redis Cluster as `host:port`, instead of `host`; the others are found through them.',
  ).optional(),
};

function redisAccess() {
  return {
    port: integer('Its port.', 1, 65_535).default(6379),
    user: text('User, when access lists are used.').optional(),
    password: secret('Password.').optional(),
    ssl: toggle('Connect with TLS.').default(false),
  };
}

function portal(name: string) {
  return z
    .strictObject({
      url: text(
        `Address of the ${name} portal as people reach it; sign-in sends them back there. Default: \`/${name}\` of the key managers' common address, else of this process.`,
      ).optional(),
    })
    .prefault({});
}

export const apim = z.strictObject({
  throttling: throttling.prefault({}),
  event_hub: eventHub.prefault({}),
  jwt: z
    .strictObject({ enable: toggle('Taken for compatibility: back-end tokens are not made yet.').default(false) })
    .prefault({}),
  key_manager: z
    .strictObject({
      service_url: text(
        'Address under which clients reach the key managers of this installation; its origin is in the issuer of tokens, so all of them name the same. Default: this process.',
      ).optional(),
      type: text('Taken for compatibility.').optional(),
      username: text('Taken for compatibility.').optional(),
      password: secret('Taken for compatibility.').optional(),
    })
    .prefault({}),
  publisher: portal('publisher'),
  devportal: portal('devportal'),
  admin: portal('admin'),
  sync_runtime_artifacts: z
    .strictObject({
      gateway: z
        .strictObject({ gateway_labels: list('Environments that this gateway serves.').default(['Default']) })
        .prefault({}),
    })
    .prefault({}),
  gateway: z
    .strictObject({ environment: z.array(environment).default([]).describe('Environments offered for deployment.') })
    .prefault({}),
  distributed_throttling: z
    .strictObject({
      enable: toggle('Count in a shared store instead of in every traffic manager.').default(false),
      type: z.enum(['redis']).default('redis').describe('Kind of store.'),
      sync_interval: integer('Taken for compatibility: counters are written at once.').optional(),
      core_pool_size: integer('Taken for compatibility.').optional(),
      keyvalue_store: z.strictObject(keyValueStore).optional().describe('The store.'),
    })
    .prefault({}),
  redis_config: z
    .strictObject({ ...redis })
    .optional()
    .describe('Redis of the job queue.'),
  cors: cors.prefault({}),
  oauth_config: z
    .strictObject({
      auth_header: text('Header that carries the access token when an API names none.').default('Authorization'),
      allowed_scopes: list(
        'Regular expressions of scopes that a token may carry without any role and without being defined: devices of the field ask for such.',
      ).default(['^device_.*']),
      enable_outbound_auth_header: toggle('Pass the access token on to back ends.').default(false),
    })
    .prefault({}),
});
