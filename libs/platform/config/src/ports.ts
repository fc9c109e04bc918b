import type { TollgateConfig } from './schema.js';

export interface Ports {
  readonly management_https: number;
  readonly management_http: number;
  readonly gateway_https: number;
  readonly gateway_http: number;
  readonly sample_back_end: number;
}

/** Every port of this process, with `[server] offset` applied. 0 stays 0: any free port. */
export function ports(config: TollgateConfig): Ports {
  const moved = (port: number): number => (port === 0 ? 0 : port + config.server.offset);
  return {
    management_https: moved(config.tollgate.management.https_port),
    management_http: moved(config.tollgate.management.http_port),
    gateway_https: moved(config.tollgate.gateway.https_port),
    gateway_http: moved(config.tollgate.gateway.http_port),
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
