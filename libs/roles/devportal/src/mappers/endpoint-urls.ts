import type { ApiView, PublicDeployment } from '@tollgate/api/server';
import type { Environment } from '@tollgate/deployment/server';

/** Where an API is served on one environment. */
export interface EndpointUrls {
  readonly environment: Environment;
  readonly URLs: Partial<Record<'http' | 'https', string>>;
  /** Without version; empty unless it is the default version. */
  readonly defaultVersionURLs: Partial<Record<'http' | 'https', string>>;
}

const schemePorts = { http: 80, https: 443 } as const;

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
          .map((scheme) => [
            scheme,
            origin(scheme, vhost.host, scheme === 'http' ? vhost.httpPort : vhost.httpsPort) + prefix + path,
          ]),
      );
    const bare = api.context.replaceAll('/{version}', '');
    return [{ environment, URLs: urlsOf(api.basePath), defaultVersionURLs: api.isDefaultVersion ? urlsOf(bare) : {} }];
  });
}

function origin(scheme: 'http' | 'https', host: string, port: number): string {
  return `${scheme}://${host}${port === schemePorts[scheme] ? '' : `:${port}`}`;
}
