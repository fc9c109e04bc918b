import { InvalidInputError } from '@tollgate/base';

export const environmentTypes = ['hybrid', 'production', 'sandbox'] as const;
export type EnvironmentType = (typeof environmentTypes)[number];

/** Kinds of gateways that this product deploys to. */
export const gatewayTypes = ['Regular'] as const;

/** A host name under which an environment serves APIs, with its ports. */
export interface VirtualHost {
  readonly host: string;
  /** Path prefix before every API, '' when none. */
  readonly httpContext: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly wsPort: number;
  readonly wssPort: number;
}

/** Who may deploy to an environment. `ALLOW`: only these roles; `DENY`: everybody but them. */
export interface EnvironmentPermissions {
  readonly permissionType: 'PUBLIC' | 'ALLOW' | 'DENY';
  readonly roles: readonly string[];
}

/** @param roles of the caller */
export function mayUseEnvironment(permissions: EnvironmentPermissions, roles: readonly string[]): boolean {
  if (permissions.permissionType === 'PUBLIC') return true;
  const named = permissions.roles.some((role) => roles.includes(role));
  return permissions.permissionType === 'ALLOW' ? named : !named;
}

/**
 * The virtual host of this name, the first one when none is asked for.
 * @throws InvalidInputError naming those that exist
 */
export function chooseVhost(environment: { name: string; vhosts: readonly VirtualHost[] }, host?: string): VirtualHost {
  const found =
    host === undefined ? environment.vhosts[0] : environment.vhosts.find((candidate) => candidate.host === host);
  if (found) return found;
  const known = environment.vhosts.map((candidate) => candidate.host).join(', ');
  throw new InvalidInputError([
    {
      field: 'vhost',
      message: `Environment "${environment.name}" has no virtual host "${host ?? ''}". It has: ${known}.`,
    },
  ]);
}

/** Hosts that appear more than once: two virtual hosts of one environment must differ. */
export function repeatedHosts(vhosts: readonly Pick<VirtualHost, 'host'>[]): string[] {
  const seen = new Set<string>();
  return vhosts.map((vhost) => vhost.host.toLowerCase()).filter((host) => seen.size === seen.add(host).size);
}
