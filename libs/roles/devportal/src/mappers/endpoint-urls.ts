import type { ApiView, PublicDeployment } from '@tollgate/api/server';
import type { Environment } from '@tollgate/deployment/server';

type Scheme = 'http' | 'https' | 'ws' | 'wss';

/** Where an API is served on one environment. */
export interface EndpointUrls {
  readonly environment: Environment;
  readonly URLs: Partial<Record<Scheme, string>>;
  /** Without version; empty unless it is the default version. */
  readonly defaultVersionURLs: Partial<Record<Scheme, string>>;
}

const schemePorts = { http: 80, https: 443, ws: 80, wss: 443 } as const;

/** WebSockets have schemes of their own for plain and TLS. */
const webSocketSchemes = { http: 'ws', https: 'wss' } as const;

/** Addresses of an API's deployments, in their order; those of an environment that is gone are left out. */
export function endpointUrls(
  api: ApiView,
  deployments: readonly PublicDeployment[],
  environments: readonly Environment[],
): EndpointUrls[] {
  return deployments.flatMap((deployment) => {
    const environment = environments.find((each) => each.name === deployment.environment);
    const vhost = environment?.vhosts.find((each) => each.host === deployment.vhost);
    if (!environment || !vhost) return [];
    const prefix = vhost.httpContext === '' ? '' : `/${vhost.httpContext.replaceAll(/^\/|\/$/g, '')}`;
    const urlsOf = (path: string): EndpointUrls['URLs'] =>
      Object.fromEntries(
        (['https', 'http'] as const)
          .filter((scheme) => api.transport.includes(scheme))
          .map((transport) => (api.type === 'WS' ? webSocketSchemes[transport] : transport))
          .map((scheme) => [scheme, origin(scheme, vhost.host, portOf(vhost, scheme)) + prefix + path]),
      );
    const bare = api.context.replaceAll('/{version}', '');
    return [{ environment, URLs: urlsOf(api.basePath), defaultVersionURLs: api.isDefaultVersion ? urlsOf(bare) : {} }];
  });
}

function portOf(vhost: Environment['vhosts'][number], scheme: Scheme): number {
  switch (scheme) {
    case 'http':
      return vhost.httpPort;
    case 'https':
      return vhost.httpsPort;
    case 'ws':
      return vhost.wsPort;
    case 'wss':
      return vhost.wssPort;
  }
}

function origin(scheme: Scheme, host: string, port: number): string {
  return `${scheme}://${host}${port === schemePorts[scheme] ? '' : `:${port}`}`;
}
