import type { PortalName } from '@tollgate/oauth/server';

export interface PortalOptions {
  readonly name: PortalName;
  /** Prefixes of the REST operations that its pages call: their scopes are asked for at sign-in. */
  readonly surfaces: readonly string[];
}

export const portalOptions = Symbol('portal-options');
