import type { EnvironmentType, VirtualHost } from '../domain/index.js';
import type { ConfiguredEnvironment } from './environment-seed.js';

/** The part of the configuration that names environments. */
export interface EnvironmentsConfig {
  readonly server: { readonly hostname: string; readonly offset: number };
  readonly apim: {
    readonly gateway: {
      readonly environment: readonly {
        readonly name: string;
        readonly type: EnvironmentType;
        readonly gateway_type: string;
        readonly display_name?: string | undefined;
        readonly description?: string | undefined;
        readonly provider?: string | undefined;
        readonly service_url?: string | undefined;
        readonly show_in_api_console?: boolean | undefined;
        readonly http_endpoint?: string | undefined;
        readonly https_endpoint?: string | undefined;
        readonly ws_endpoint?: string | undefined;
        readonly wss_endpoint?: string | undefined;
      }[];
    };
  };
}

/** Ports of the gateway before `[server] offset` moves them. */
const basePorts = { http: 8280, https: 8243, ws: 9099, wss: 8099 };

/** `[[apim.gateway.environment]]`, or the one called `Default` at this host when none is configured. */
export function configuredEnvironments(config: EnvironmentsConfig): ConfiguredEnvironment[] {
  const named = config.apim.gateway.environment;
  const sources = named.length > 0 ? named : [{ name: 'Default', type: 'hybrid' as const, gateway_type: 'Regular' }];
  return sources.map((source: EnvironmentsConfig['apim']['gateway']['environment'][number]) => ({
    name: source.name,
    displayName: source.display_name ?? source.name,
    description: source.description ?? '',
    type: source.type,
    gatewayType: source.gateway_type,
    provider: source.provider ?? 'tollgate',
    serviceUrl: source.service_url ?? '',
    showInApiConsole: source.show_in_api_console ?? true,
    vhosts: [vhostOf(source, config.server)],
  }));
}

type Source = EnvironmentsConfig['apim']['gateway']['environment'][number];

function vhostOf(source: Source, server: EnvironmentsConfig['server']): VirtualHost {
  const https = parsed(source.https_endpoint);
  const http = parsed(source.http_endpoint);
  const main = https ?? http;
  return {
    host: main?.hostname ?? server.hostname,
    httpContext: main?.pathname.replace(/\/+$/, '') ?? '',
    httpPort: portOf(http, 80) ?? basePorts.http + server.offset,
    httpsPort: portOf(https, 443) ?? basePorts.https + server.offset,
    wsPort: portOf(parsed(source.ws_endpoint), 80) ?? basePorts.ws + server.offset,
    wssPort: portOf(parsed(source.wss_endpoint), 443) ?? basePorts.wss + server.offset,
  };
}

function parsed(url: string | undefined): URL | null {
  return url === undefined ? null : new URL(url);
}

function portOf(url: URL | null, schemeDefault: number): number | null {
  if (url === null) return null;
  return url.port === '' ? schemeDefault : Number(url.port);
}
