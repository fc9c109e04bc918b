import { superOrganization } from '@tollgate/base';
import { ports, type TollgateConfig } from '@tollgate/config';
import type { SigningAlgorithm } from '../domain/index.js';

/** How tokens are signed. */
export interface SigningSettings {
  /** Of clients that choose none of their own. */
  readonly algorithm: SigningAlgorithm;
  /** A new key is published this long before it signs. */
  readonly keyAheadMs: number;
  /** A key signs this long before the next one is made; 0: until somebody rotates it. */
  readonly keyLifetimeMs: number;
}

const defaultSigning: SigningSettings = { algorithm: 'RS256', keyAheadMs: 300_000, keyLifetimeMs: 0 };

/** What this domain needs to know from the configuration. */
export class OAuthSettings {
  /**
   * @param baseUrl of the key manager as clients see it, without a slash at the end: `https://localhost:9443`
   * @param lifetimes of clients that set none of their own
   */
  constructor(
    readonly baseUrl: string,
    readonly passwordGrant: boolean,
    readonly lifetimes = { accessSeconds: 3600, refreshSeconds: 86_400 },
    /** The base URL is configured for several processes, not this one's own. */
    readonly isShared = false,
    /** Regular expressions of scopes that need no role. */
    readonly allowedScopes: readonly string[] = [],
    private readonly signing: SigningSettings = defaultSigning,
  ) {}

  get algorithm(): SigningAlgorithm {
    return this.signing.algorithm;
  }

  get keyAheadMs(): number {
    return this.signing.keyAheadMs;
  }

  get keyLifetimeMs(): number {
    return this.signing.keyLifetimeMs;
  }

  /** `/oauth2` of the super organization, `/t/{domain}/oauth2` of a tenant, as an absolute URL. */
  oauthUrl(organization: string): string {
    return organization === superOrganization ? `${this.baseUrl}/oauth2` : `${this.baseUrl}/t/${organization}/oauth2`;
  }

  /** `iss` of the tokens of an organization. */
  issuer(organization: string): string {
    return `${this.oauthUrl(organization)}/token`;
  }
}

/**
 * Several control planes of one installation issue tokens under one address, else one would refuse the tokens of the
 * other: `[apim.key_manager] service_url`, else the common name that `[apim.event_hub] service_url` gives; a single one
 * is its own.
 */
export function settingsOf(config: TollgateConfig): OAuthSettings {
  const shared = config.apim.key_manager.service_url ?? config.apim.event_hub.service_url;
  const own = `https://${config.server.hostname}:${ports(config).management_https}`;
  const validity = config.oauth.token_validation;
  const { tokens } = config.tollgate;
  return new OAuthSettings(
    shared === undefined ? own : new URL(shared).origin,
    config.oauth.grant_type.password.enable,
    {
      accessSeconds: validity.app_access_token_validity,
      refreshSeconds: validity.refresh_token_validity,
    },
    shared !== undefined,
    config.apim.oauth_config.allowed_scopes,
    {
      algorithm: tokens.signing_algorithm,
      keyAheadMs: tokens.key_ahead_seconds * 1000,
      keyLifetimeMs: tokens.key_rotation_days * 86_400_000,
    },
  );
}
