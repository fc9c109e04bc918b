import type { BackEndTls } from './upstream/back-end-trust.js';
import type { Logger } from '@tollgate/base';
import type { ConditionSwitches, QuotaLessor } from '@tollgate/throttling/domain';
import type { RevealTokens } from './filters/opaque-tokens.js';
import type { CertificatePair } from './http/certificate-book.js';
import type { RequestRecord } from './pipeline/request-record.js';
import type { NumberedBatch } from './sync/event-flusher.js';
import type { WebSocketLimits } from './websocket/web-sockets.js';

/** Limits and addresses of one gateway process. Times in milliseconds, sizes in bytes. */
export interface GatewayOptions {
  /** Interface to listen on. */
  readonly host: string;
  /** Port for http; 0 takes a free one; null: no http. */
  readonly httpPort: number | null;
  /** Port for https; 0 takes a free one; null: no https. */
  readonly httpsPort: number | null;
  /** PEM texts; needed with `httpsPort`. Of several the client's name chooses, the first is for all others. */
  readonly tls?: CertificatePair | readonly CertificatePair[];
  /** Further ports for http and https on which clients of WebSockets are used to connect; everything is served there. */
  readonly wsPort?: number | null;
  readonly wssPort?: number | null;
  /** Environments whose deployments this gateway serves. */
  readonly labels: readonly string[];
  /** Addresses or CIDR blocks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Addresses or CIDR blocks of load balancers whose connections begin with the PROXY protocol. */
  readonly proxyProtocolFrom?: readonly string[];
  /** Whether clients of https are asked for a certificate; default false. */
  readonly asksForClientCertificate?: boolean;
  /** Field in which trusted proxies pass on the certificate of their client; default: none. */
  readonly clientCertificateHeader?: string;
  /** Private addresses or CIDR blocks that back ends may have. */
  readonly allowedNetworks: readonly string[];
  /** PEM certificates trusted for back ends beside the well-known ones. */
  readonly trustedCertificates?: readonly string[];
  /** What the gateway shows and trusts at single back ends. */
  readonly backEndTls?: readonly BackEndTls[];
  /**
   * Opens secrets of back ends, which records carry sealed; default: none can be opened.
   * @throws Error saying what to do
   */
  readonly openSecret?: (sealed: string) => string;
  /** Whether the caller's access token goes on to back ends; default false. */
  readonly passesAuthorization?: boolean;
  /** Kinds of conditions of advanced policies that are looked at; default all. */
  readonly conditions?: ConditionSwitches;
  /** Who decides about quotas of strict policies; `null` (default): these do what their degraded mode says. */
  readonly lessor?: QuotaLessor | null;
  /**
   * Asks the key manager for the JWTs of opaque access tokens, at most 100 at once, in their order; null for one that does
   * not count. Rejects when it cannot be asked. Default: there are none.
   */
  readonly revealTokens?: RevealTokens;
  /** Names this life of this process to the lessor. */
  readonly leaseHolder?: string;
  /** How often request events leave. */
  readonly eventFlushMs: number;
  readonly log: Logger;
  readonly nowMs: () => number;
  /** Sends one batch of request events; a rejection counts it as lost. */
  readonly publish: (batch: NumberedBatch) => Promise<void>;
  /** Told about each request when its answer is over; absent: nothing is gathered. */
  readonly onRequest?: (record: RequestRecord) => void;
  readonly limits?: Partial<GatewayLimits>;
}

export interface GatewayLimits {
  readonly maxTargetBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxHeaderFields: number;
  readonly maxBodyBytes: number;
  readonly headersTimeoutMs: number;
  /** Longest silence of a client within its body. */
  readonly bodyIdleTimeoutMs: number;
  /** A client that sends its body slower than this for longer than `bodyIdleTimeoutMs` is given up. */
  readonly minBodyBytesPerSecond: number;
  readonly keepAliveTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Wait for the response headers of a back end whose API sets none. */
  readonly upstreamHeadersTimeoutMs: number;
  /** Silence of a back end within its answer. */
  readonly upstreamIdleTimeoutMs: number;
  /** How long an idle connection to a back end is kept. */
  readonly upstreamKeepAliveMs: number;
  /** Most connections to one back end address. */
  readonly maxUpstreamConnections: number;
  /** Most open connections of one client address; 0: no bound. */
  readonly maxConnectionsPerAddress: number;
  /** New connections of one client address a second, beside a burst; 0: no bound. */
  readonly connectionsPerSecondPerAddress: number;
  /** Most verified tokens kept, per kind. */
  readonly tokenCacheSize: number;
  readonly webSocket: WebSocketLimits;
}

export const defaultLimits: GatewayLimits = {
  maxTargetBytes: 8 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxHeaderFields: 100,
  maxBodyBytes: 1024 ** 3,
  headersTimeoutMs: 10_000,
  bodyIdleTimeoutMs: 60_000,
  minBodyBytesPerSecond: 500,
  keepAliveTimeoutMs: 65_000,
  connectTimeoutMs: 5_000,
  upstreamHeadersTimeoutMs: 60_000,
  upstreamIdleTimeoutMs: 300_000,
  upstreamKeepAliveMs: 30_000,
  maxUpstreamConnections: 1_000,
  maxConnectionsPerAddress: 10_000,
  connectionsPerSecondPerAddress: 1_000,
  tokenCacheSize: 50_000,
  webSocket: {
    maxFrameBytes: 1024 ** 2,
    maxMessageBytes: 16 * 1024 ** 2,
    pingIntervalMs: 30_000,
    pingTimeoutMs: 20_000,
    messageIdleTimeoutMs: 0,
    maxConnectionsPerUser: 0,
    maxConnectionsPerAddress: 0,
  },
};
