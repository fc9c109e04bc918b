import { randomBytes } from 'node:crypto';

/** What is read from the configuration. */
export interface HubCredentialSettings {
  readonly apim: {
    readonly event_hub: { readonly username?: string | undefined; readonly password?: string | undefined };
  };
  readonly super_admin: { readonly username: string; readonly password?: string | undefined };
}

/** Stands in where no password is configured: nobody outside this process can know it, so nobody gets in. */
const unknowable = randomBytes(32).toString('hex');

/** Name and password of the internal data service: those of `[apim.event_hub]`, else the super admin's as configured. */
export function hubCredentials(config: HubCredentialSettings): { username: string; password: string } {
  const { event_hub: hub } = config.apim;
  const username = hub.username ?? config.super_admin.username;
  return { username, password: hub.password || config.super_admin.password || unknowable };
}
