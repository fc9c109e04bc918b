import type { TollgateConfig } from './schema.js';

export interface Ports {
  readonly management_https: number;
  readonly management_http: number;
  readonly gateway_https: number;
  readonly gateway_http: number;
  /** Null: nothing listens for WebSockets beside the two ports for API traffic. */
  readonly gateway_ws: number | null;
  readonly gateway_wss: number | null;
  readonly sample_back_end: number;
}

/** Every port of this process, with `[server] offset` applied. 0 stays 0: any free port. */
export function ports(config: TollgateConfig): Ports {
  const moved = (port: number): number => (port === 0 ? 0 : port + config.server.offset);
  const { gateway } = config.tollgate;
  /** A gateway that was moved to ports of its own takes no others unasked. */
  const webSocketPort = (given: number | undefined, otherwise: number | null): number | null => {
    const port = given ?? otherwise;
    return port === null ? null : moved(port);
  };
  return {
    management_https: moved(config.tollgate.management.https_port),
    management_http: moved(config.tollgate.management.http_port),
    gateway_https: moved(config.tollgate.gateway.https_port),
    gateway_http: moved(config.tollgate.gateway.http_port),
    gateway_ws: webSocketPort(gateway.ws_port, gateway.http_port === 8280 ? 9099 : null),
    gateway_wss: webSocketPort(gateway.wss_port, gateway.https_port === 8243 ? 8099 : null),
    sample_back_end: moved(config.tollgate.sample.back_end_port),
  };
}

/** Origin of the control planes' internal data service, undefined when this process is its own control plane. */
export function controlPlaneUrl(config: TollgateConfig): string | undefined {
  const { control_plane_url: own } = config.tollgate.event_hub;
  if (own !== undefined) return new URL(own).origin;
  const service = config.apim.event_hub.service_url;
  return service === undefined ? undefined : new URL(service).origin;
}

/** `redis://…` of the job queue, undefined when jobs run from the database. */
export function jobsRedisUrl(config: TollgateConfig): string | undefined {
  const redis = config.apim.redis_config;
  if (config.tollgate.jobs.redis_url !== undefined || !redis) return config.tollgate.jobs.redis_url;
  const credentials =
    redis.password === undefined
      ? ''
      : `${encodeURIComponent(redis.user ?? '')}:${encodeURIComponent(redis.password)}@`;
  return `${redis.ssl ? 'rediss' : 'redis'}://${credentials}${redis.host}:${redis.port}`;
}
