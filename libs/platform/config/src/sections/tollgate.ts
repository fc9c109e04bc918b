import { z } from 'zod';
import { integer, list, port, secret, text, toggle } from '../fields.js';

const management = z.strictObject({
  https_port: port('Portals, REST, key manager, health.').default(9443),
  http_port: port('The same over plain HTTP.').default(9763),
  bind: text('Address on which the HTTPS port listens.').default('0.0.0.0'),
  http_bind: text('Address on which the plain port listens.').default('127.0.0.1'),
  max_body_bytes: integer('Largest request body, in bytes.', 1024).default(2_097_152),
  tls_cert_file: text('PEM certificate chain; made at first start when left out.').optional(),
  tls_key_file: text('PEM key of that certificate.').optional(),
  trusted_proxies: list(
    'Addresses and CIDR ranges of load balancers whose X-Forwarded-For says from where people sign in.',
  ).default([]),
  request_client_certificate: z
    .boolean()
    .default(false)
    .describe(
      'Asks clients of https for a certificate, so that OAuth clients may prove themselves by one (RFC 8705). Browsers may then ask people to choose one.',
    ),
  client_ca_file: text(
    'PEM certificates of the authorities whose certificates count for `tls_client_auth`; without it that method is not offered, whereas `self_signed_tls_client_auth` is.',
  ).optional(),
  client_certificate_header: text(
    'Header in which trusted proxies pass on the certificate of their client (PEM, percent-encoded, or base64). From others it is not believed.',
  ).optional(),
});

const webSocket = z.strictObject({
  max_frame_bytes: integer('Largest frame of a message, in bytes.', 125, 64 * 1024 ** 2).default(1024 ** 2),
  max_message_bytes: integer('Largest message over all its frames, in bytes.', 125, 1024 ** 3).default(16 * 1024 ** 2),
  ping_interval_ms: integer('A side that is silent for this long is asked by a ping, in milliseconds.', 1000).default(
    30_000,
  ),
  ping_timeout_ms: integer('A side that does not answer a ping for this long is gone, in milliseconds.', 1000).default(
    20_000,
  ),
  idle_timeout_ms: integer('Closed after this time without a message, in milliseconds; 0: never.', 0).default(0),
  max_connections_per_user: integer(
    'Most open connections of one user of one application at one gateway process; 0: no bound.',
    0,
  ).default(0),
  max_connections_per_address: integer(
    'Most open connections of one client address (of one /64 network of IPv6) at one gateway process; 0: no bound. Name the proxies in trusted_proxies first.',
    0,
  ).default(0),
});

const gateway = z.strictObject({
  http_port: port('API traffic over plain HTTP.').default(8280),
  https_port: port('API traffic over HTTPS.').default(8243),
  ws_port: port(
    'The same as http_port, where clients of WebSockets are used to connect. Default 9099 while http_port is 8280, else none.',
  ).optional(),
  wss_port: port('The same as https_port for WebSockets. Default 8099 while https_port is 8243, else none.').optional(),
  bind: text('Address on which these ports listen.').default('0.0.0.0'),
  connect_timeout_ms: integer('Longest wait for a connection to a back end, in milliseconds.', 1).default(2000),
  response_timeout_ms: integer("Longest wait for a back end's response headers, in milliseconds.", 1).default(60_000),
  idle_timeout_ms: integer(
    'Idle client and back-end connections are closed after this time, in milliseconds.',
    1,
  ).default(60_000),
  max_header_bytes: integer('Largest request head, in bytes.', 1024, 1_048_576).default(16_384),
  event_flush_ms: integer('Request events are sent this often, in milliseconds.', 1, 60_000).default(50),
  trusted_proxies: list('Addresses and CIDR ranges whose X-Forwarded-For is believed.').default([]),
  access_log_file: text(
    'File that gets one line of JSON per request, with the decision and what was called; without it nothing is gathered. A file that is moved away is opened anew.',
  ).optional(),
  proxy_protocol_from: list(
    'Addresses and CIDR ranges of load balancers whose connections begin with the PROXY protocol, version 1 or 2. From them one without it is closed, from others it is no HTTP.',
  ).default([]),
  max_connections_per_address: integer(
    'Most open connections of one client address (IPv6: of one /64); 0: no bound. Trusted proxies have none.',
    0,
  ).default(10_000),
  connections_per_second_per_address: integer(
    'New connections of one client address a second, beside a burst of as many as may be open; 0: no bound.',
    0,
  ).default(1_000),
  drain_ms: integer(
    'When it is told to stop, a gateway takes requests for so long while `/readyz` says no and answers ask clients to go elsewhere, in milliseconds. At least what a load balancer needs to notice.',
    0,
    600_000,
  ).default(0),
  certificate: z
    .array(
      z.strictObject({
        cert_file: text('PEM certificate chain; its DNS names say which clients get it (SNI).'),
        key_file: text('PEM key of that certificate.'),
      }),
    )
    .default([]),
  back_end_tls: z
    .array(
      z.strictObject({
        endpoint: text('https URL, or host and port, of a back end.'),
        ca_file: text('PEM certificates of authorities trusted there, beside the well-known ones.').optional(),
        cert_file: text('PEM certificate chain shown when the back end asks for one (mutual TLS).').optional(),
        key_file: text('PEM key of that certificate.').optional(),
        organizations: list('Whose APIs may use it; all when left out.').optional(),
      }),
    )
    .default([]),
  request_client_certificate: z
    .boolean()
    .default(false)
    .describe(
      'Asks clients of https for a certificate, for tokens that are bound to one. Browsers may then ask people to choose one.',
    ),
  client_certificate_header: text(
    'Header in which trusted proxies pass on the certificate of their client (PEM, percent-encoded, or base64), for example `X-WSO2-CLIENT-CERTIFICATE`. From others it is not believed.',
  ).optional(),
  tls_cert_file: text('PEM certificate chain; made at first start when left out.').optional(),
  tls_key_file: text('PEM key of that certificate.').optional(),
  web_socket: webSocket.prefault({}),
});

const identity = z.strictObject({
  password: z
    .strictObject({
      min_length: integer(
        'Fewest characters of a new password; with second factors for everybody 8 are enough.',
        8,
        64,
      ).default(15),
    })
    .prefault({}),
  second_factor: z
    .strictObject({
      required_for_roles: list(
        'Roles whose holders need a second factor in every organization; they begin with an authenticator app at their next sign-in. Their passwords alone open nothing any more: no Basic credentials, no password grant.',
      ).default([]),
    })
    .prefault({}),
});

const tokens = z.strictObject({
  signing_algorithm: z
    .enum(['RS256', 'ES256', 'EdDSA'])
    .default('RS256')
    .describe('Signs access tokens of clients that choose no algorithm, and all API keys.'),
  key_rotation_days: integer(
    'A signing key is replaced after this many days; 0: only by hand, with `POST /signing-keys/rotate` of the admin API.',
    0,
    3650,
  ).default(90),
  key_ahead_seconds: integer(
    'A new signing key is published to gateways and in the JWKS this long before it signs, in seconds.',
    30,
    2_592_000,
  ).default(300),
});

export const tollgate = z.strictObject({
  data_dir: text('Folder for the SQLite file, certificates, keys and the disk copies of gateways.').default('./data'),
  log_level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least severe log line that is written.'),
  log_file: text(
    'File for log lines, instead of standard output. All in one on a terminal writes `tollgate.log` in the data folder, so that the console stays readable.',
  ).optional(),
  node_id: text('Name of this process, unique in the installation; default app and host name.').optional(),
  management: management.prefault({}),
  identity: identity.prefault({}),
  gateway: gateway.prefault({}),
  tokens: tokens.prefault({}),
  encryption: z
    .strictObject({
      key: secret(
        '64 hexadecimal digits that encrypt secrets at rest; the same in all processes on one database. Made at first start of the embedded default.',
      ).optional(),
    })
    .prefault({}),
  network: z
    .strictObject({
      allow_private: list(
        'Private addresses that back ends and imports may have: CIDR ranges or `loopback`. The embedded default allows loopback.',
      ).optional(),
    })
    .prefault({}),
  event_hub: z
    .strictObject({
      exchange_prefix: text('First part of the names of exchanges and queues.').default('tollgate'),
      control_plane_url: text(
        'Address of the control planes; default the origin of `[apim.event_hub] service_url`.',
      ).optional(),
      control_plane_ca_file: text(
        'PEM certificates that the control planes may present besides public ones.',
      ).optional(),
      ca_file: text(
        'PEM certificates of authorities whose brokers (`ssl://`) are trusted besides those of public authorities.',
      ).optional(),
      queue_type: z
        .enum(['classic', 'quorum'])
        .default('classic')
        .describe(
          'Kind of the queues that outlive a connection: `quorum` on a RabbitMQ cluster of three nodes, so that they survive the loss of one.',
        ),
      reconcile_interval_ms: integer(
        'How often gateways compare their state with the control plane, in milliseconds.',
        100,
      ).default(3000),
    })
    .prefault({}),
  jobs: z
    .strictObject({
      redis_url: secret(
        '`redis://host:port` of the job queue; default the server of `[apim.redis_config]`. Without either, jobs run from the database.',
      ).optional(),
    })
    .prefault({}),
  try_out: z
    .strictObject({
      ca_file: text(
        'PEM certificates of authorities whose gateways the try-out console of the developer portal trusts, beside the public ones. A gateway in the same process needs none.',
      ).optional(),
    })
    .prefault({}),
  sample: z
    .strictObject({ back_end_port: port('Port of the back end of `--sample`, on loopback.').default(9090) })
    .prefault({}),
  shutdown: z
    .strictObject({
      timeout_ms: integer('Longest time that running requests get after SIGTERM, in milliseconds.', 100).default(
        10_000,
      ),
    })
    .prefault({}),
  telemetry: z.strictObject({ metrics: toggle('Serve /metrics on the management port.').default(true) }).prefault({}),
});
