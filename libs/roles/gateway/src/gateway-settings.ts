import { hostname } from 'node:os';
import { join } from 'node:path';
import { endpointSecretPurpose } from '@tollgate/api/contract';
import { SecretBox, type Logger } from '@tollgate/base';
import { controlPlaneUrl, ports, type TollgateConfig } from '@tollgate/config';
import { hubCredentials, type ControlPlaneAddress } from '@tollgate/deployment/client';
import { topologyOf, type Topology } from '@tollgate/event-hub';
import type { GatewayOptions } from '@tollgate/gateway';
import { loadOrMakeCertificate } from '@tollgate/http';
import { configuredBackEndTls } from './back-end-tls.js';
import { configuredCertificates } from './certificate-watch.js';
import type { ConditionSwitches } from '@tollgate/throttling/domain';

/** Name under which this gateway registers: the configured one, else host and port. */
export function gatewayIdOf(config: TollgateConfig): string {
  return config.tollgate.node_id ?? `gateway@${hostname()}:${ports(config).gateway_https}`;
}

/** Where the control plane is that tells this gateway what to serve. */
export function controlPlaneAddress(config: TollgateConfig): ControlPlaneAddress {
  return {
    url: controlPlaneUrl(config),
    caFile: config.tollgate.event_hub.control_plane_ca_file,
    credentials: hubCredentials(config),
  };
}

/** Where this gateway reads changes and decisions and where it sends request events. The wiring was checked at start. */
export function gatewayTopology({ apim }: TollgateConfig): Topology {
  return topologyOf({
    roles: [],
    eventHub: {
      listeningEndpoints: apim.event_hub.event_listening_endpoints,
      duplicateUrls: [],
      publishGroups: [],
    },
    throttling: {
      urlGroups: apim.throttling.url_group.map(({ traffic_manager_urls, type }) => ({
        urls: traffic_manager_urls,
        type,
      })),
      decisionEndpoints: apim.throttling.throttle_decision_endpoints,
      duplicateUrls: [],
    },
  });
}

/** Options of the request path from the configuration; the certificate is made at first start unless one is configured. */
export async function gatewayOptions(
  config: TollgateConfig,
  log: Logger,
): Promise<Omit<GatewayOptions, 'nowMs' | 'publish'>> {
  const { gateway, data_dir: dataDir } = config.tollgate;
  const { tls_cert_file: certFile, tls_key_file: keyFile } = gateway;
  const open = ports(config);
  const tls = await loadOrMakeCertificate({
    folder: join(dataDir, 'tls'),
    name: 'gateway',
    hostname: config.server.hostname,
    ...(certFile && keyFile ? { certFile, keyFile } : {}),
  });
  return {
    host: gateway.bind,
    httpPort: open.gateway_http,
    httpsPort: open.gateway_https,
    tls: [tls, ...configuredCertificates(config)],
    wsPort: open.gateway_ws,
    wssPort: open.gateway_wss,
    labels: config.apim.sync_runtime_artifacts.gateway.gateway_labels,
    trustedProxies: gateway.trusted_proxies,
    proxyProtocolFrom: gateway.proxy_protocol_from,
    asksForClientCertificate: gateway.request_client_certificate,
    ...(gateway.client_certificate_header ? { clientCertificateHeader: gateway.client_certificate_header } : {}),
    allowedNetworks: allowedNetworks(config, log),
    backEndTls: configuredBackEndTls(config),
    conditions: conditionSwitches(config),
    openSecret: secretOpener(config),
    passesAuthorization: config.apim.oauth_config.enable_outbound_auth_header,
    eventFlushMs: gateway.event_flush_ms,
    log,
    limits: {
      connectTimeoutMs: gateway.connect_timeout_ms,
      upstreamHeadersTimeoutMs: gateway.response_timeout_ms,
      bodyIdleTimeoutMs: gateway.idle_timeout_ms,
      keepAliveTimeoutMs: gateway.idle_timeout_ms,
      upstreamIdleTimeoutMs: gateway.idle_timeout_ms,
      maxHeaderBytes: gateway.max_header_bytes,
      maxConnectionsPerAddress: gateway.max_connections_per_address,
      connectionsPerSecondPerAddress: gateway.connections_per_second_per_address,
      webSocket: {
        maxFrameBytes: gateway.web_socket.max_frame_bytes,
        maxMessageBytes: gateway.web_socket.max_message_bytes,
        pingIntervalMs: gateway.web_socket.ping_interval_ms,
        pingTimeoutMs: gateway.web_socket.ping_timeout_ms,
        messageIdleTimeoutMs: gateway.web_socket.idle_timeout_ms,
        maxConnectionsPerUser: gateway.web_socket.max_connections_per_user,
        maxConnectionsPerAddress: gateway.web_socket.max_connections_per_address,
      },
    },
  };
}

/** Secrets of back ends come sealed with the key of the control plane. */
function secretOpener(config: TollgateConfig): (sealed: string) => string {
  const { key } = config.tollgate.encryption;
  const box = key === undefined ? null : new SecretBox(key);
  return (sealed) => {
    if (box === null)
      throw new Error(
        'The back end needs a secret: set [tollgate.encryption] key of this gateway to that of the control plane.',
      );
    return box.open(sealed, endpointSecretPurpose);
  };
}

function conditionSwitches({ apim: { throttling } }: TollgateConfig): ConditionSwitches {
  return {
    headers: throttling.enable_header_based_throttling,
    queryParameters: throttling.enable_query_param_based_throttling,
    jwtClaims: throttling.enable_jwt_claim_based_throttling,
  };
}

/** The embedded default may call loopback, and says so; everywhere else only what is listed. */
function allowedNetworks(config: TollgateConfig, log: Logger): string[] {
  const isEmbedded = controlPlaneUrl(config) === undefined && config.database.apim_db.type === 'sqlite';
  const configured = config.tollgate.network.allow_private;
  if (configured === undefined && isEmbedded) {
    log.info(
      { event: 'gateway.network.loopback_allowed' },
      'Back ends on this machine may be called; set [tollgate.network] allow_private = [] to forbid it',
    );
  }
  const entries = configured ?? (isEmbedded ? ['loopback'] : []);
  return entries.flatMap((entry) => (entry === 'loopback' ? ['127.0.0.0/8', '::1'] : [entry]));
}
