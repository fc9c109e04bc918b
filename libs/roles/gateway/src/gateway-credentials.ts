import { createHash, timingSafeEqual } from 'node:crypto';
import { superOrganization } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import { basicCredentials, type Authenticator, type AuthenticatorRegistry } from '@tollgate/http';

/** Name of the scheme that guards the gateway's management endpoints. */
export const gatewayAdminScheme = 'gateway-admin';

/**
 * Basic credentials of an administrator. A gateway of its own knows the ones from its configuration only; beside a
 * control plane the control plane's own check is asked too.
 */
export function gatewayAdminAuthenticator(
  config: TollgateConfig,
  schemes: AuthenticatorRegistry,
  hasControlPlane: boolean,
): Authenticator {
  const { event_hub: hub } = config.apim;
  const known = [
    { username: hub.username ?? config.super_admin.username, password: hub.password },
    { username: config.super_admin.username, password: config.super_admin.password },
  ];
  return async (request) => {
    const given = basicCredentials(request);
    if (given === null) return null;
    const [username, password] = given;
    const fits = known.some(
      (each) => each.password !== undefined && each.username === username && isSame(each.password, password),
    );
    if (fits) return { organization: superOrganization, principal: { userName: username, roles: [], scopes: [] } };
    return hasControlPlane ? schemes.get('basic-admin')(request) : null;
  };
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
