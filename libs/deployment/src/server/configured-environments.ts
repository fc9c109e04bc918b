import { StartupError } from '@tollgate/base';
import type { EnvironmentType, VirtualHost } from '../domain/index.js';
import type { ConfiguredEnvironment } from './environment-seed.js';

/** The part of the configuration that names environments. */
export interface EnvironmentsConfig {
  readonly server: { readonly hostname: string; readonly offset: number };
  /** Ports of the gateway that this same file configures. */
  readonly tollgate: {
    readonly gateway: {
      readonly http_port: number;
      readonly https_port: number;
      readonly ws_port?: number | undefined;
      readonly wss_port?: number | undefined;
    };
  };
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
        readonly display_in_api_console?: boolean | undefined;
        readonly http_endpoint?: string | undefined;
        readonly https_endpoint?: string | undefined;
        readonly ws_endpoint?: string | undefined;
        readonly wss_endpoint?: string | undefined;
      }[];
    };
  };
}

type Source = EnvironmentsConfig['apim']['gateway']['environment'][number];

/** Where gateways listen unless they were moved. */
const usual = { http: 8280, https: 8243, ws: 9099, wss: 8099 };

const defaultEnvironment: Source = { name: 'Default', type: 'hybrid', gateway_type: 'Regular' };

/**
 * `[[apim.gateway.environment]]`, or the one called `Default` at this host when none is configured.
 * @throws StartupError when two have one name, or an endpoint is no URL
 */
export function configuredEnvironments(config: EnvironmentsConfig): ConfiguredEnvironment[] {
  const named = config.apim.gateway.environment;
  const sources = named.length > 0 ? named : [defaultEnvironment];
  const repeated = sources.find((source, i) => sources.findIndex((other) => other.name === source.name) < i);
  if (repeated)
    throw new StartupError([
      `[[apim.gateway.environment]] names "${repeated.name}" twice. Give each environment its own name.`,
    ]);
  return sources.map((source) => ({
    name: source.name,
    displayName: source.display_name ?? source.name,
    description: source.description ?? '',
    type: source.type,
    gatewayType: source.gateway_type,
    provider: source.provider ?? 'wso2', // the value by which clients of the contract know gateways of the product itself
    serviceUrl: source.service_url ?? '',
    showInApiConsole: source.display_in_api_console ?? true,
    vhosts: [vhostOf(source, config)],
  }));
}

function vhostOf(source: Source, config: EnvironmentsConfig): VirtualHost {
  const [http, https] = [endpoint(source, 'http_endpoint'), endpoint(source, 'https_endpoint')];
  const [ws, wss] = [endpoint(source, 'ws_endpoint'), endpoint(source, 'wss_endpoint')];
  const main = https ?? http;
  const listening = gatewayPorts(config);
  return {
    host: main?.hostname ?? config.server.hostname,
    httpContext: main?.pathname.replace(/\/+$/, '') ?? '',
    httpPort: portOf(http, 80) ?? listening.http,
    httpsPort: portOf(https, 443) ?? listening.https,
    wsPort: portOf(ws, 80) ?? listening.ws,
    wssPort: portOf(wss, 443) ?? listening.wss,
  };
}

/** Of the gateway of this file, with the offset: what an endpoint that is not configured means. A gateway that was moved takes WebSockets on the same ports. */
function gatewayPorts({ server, tollgate: { gateway } }: EnvironmentsConfig): typeof usual {
  const moved = (port: number): number => port + server.offset;
  const http = gateway.http_port || usual.http;
  const https = gateway.https_port || usual.https;
  return {
    http: moved(http),
    https: moved(https),
    ws: moved(gateway.ws_port ?? (http === usual.http ? usual.ws : http)),
    wss: moved(gateway.wss_port ?? (https === usual.https ? usual.wss : https)),
  };
}

function endpoint(
  source: Source,
  key: 'http_endpoint' | 'https_endpoint' | 'ws_endpoint' | 'wss_endpoint',
): URL | null {
  const text = source[key];
  if (text === undefined) return null;
  const url = URL.parse(text);
  if (url?.hostname) return url;
  throw new StartupError([
    `[[apim.gateway.environment]] "${source.name}": ${key} = "${text}" is no address. Write it as https://gw.example:8243.`,
  ]);
}

function portOf(url: URL | null, schemeDefault: number): number | null {
  if (url === null) return null;
  return url.port === '' ? schemeDefault : Number(url.port);
}
