import { Inject, Injectable } from '@nestjs/common';
import { superOrganization, tollgateConfig } from '@tollgate/base';
import { ports, type TollgateConfig } from '@tollgate/config';
import { Database, SeedRegistry, type Transaction } from '@tollgate/database';
import { ClientService } from './client.service.js';
import { OAuthSettings } from './oauth-settings.js';

export type PortalName = 'publisher' | 'devportal' | 'admin';

/** What a portal's server needs to sign people in by authorization code with PKCE. */
export interface PortalClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of the key manager: where discovery begins. */
  readonly issuer: string;
  /** Of the portal, without a slash at the end: `https://localhost:9443/publisher`. */
  readonly portalUrl: string;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
}

/**
 * The clients of the portals that are part of this installation: confidential, for users of every organization, never
 * asking for consent. The role that serves a portal asks for its client to be there in `onModuleInit`.
 */
@Injectable()
export class PortalClients {
  constructor(
    private readonly db: Database,
    private readonly clients: ClientService,
    private readonly settings: OAuthSettings,
    private readonly seeds: SeedRegistry,
    @Inject(tollgateConfig) private readonly config: TollgateConfig,
  ) {}

  /** Makes the client at start, or brings its addresses to those of the configuration. */
  ensureAtStart(portal: PortalName): void {
    this.seeds.register(40, `client of the ${portal} portal`, (tx) => this.ensure(tx, portal));
  }

  /** @throws Error before the seeds have run */
  async get(portal: PortalName): Promise<PortalClient> {
    const clientSecret = await this.clients.secretOf(clientIdOf(portal));
    if (clientSecret === null) throw new Error(`The client of the ${portal} portal is missing: nobody seeded it`);
    return { clientId: clientIdOf(portal), clientSecret, ...this.addresses(portal) };
  }

  private async ensure(tx: Transaction, portal: PortalName): Promise<void> {
    const { redirectUri, postLogoutRedirectUri } = this.addresses(portal);
    const addresses = { callbackUrls: [redirectUri], postLogoutUris: [postLogoutRedirectUri] };
    const present = await this.clients.findByConsumerKey(clientIdOf(portal), tx);
    if (!present) {
      await this.clients.create(tx, {
        ...addresses,
        consumerKey: clientIdOf(portal),
        name: `Tollgate ${portal}`,
        owner: this.config.super_admin.username,
        grantTypes: ['authorization_code', 'refresh_token'],
        saas: true,
        firstParty: true,
      });
    } else if (present.callbackUrls.join() !== redirectUri || present.postLogoutUris?.join() !== postLogoutRedirectUri)
      await this.clients.update(tx, present.consumerKey, addresses);
  }

  private addresses(portal: PortalName): Omit<PortalClient, 'clientId' | 'clientSecret'> {
    const own = `https://${this.config.server.hostname}:${ports(this.config).management_https}`;
    const origin = this.settings.isShared ? this.settings.baseUrl : own;
    const portalUrl = (this.config.apim[portal].url ?? `${origin}/${portal}`).replace(/\/+$/, '');
    return {
      issuer: this.settings.issuer(superOrganization),
      portalUrl,
      redirectUri: `${portalUrl}/callback`,
      postLogoutRedirectUri: `${portalUrl}/`,
    };
  }
}

function clientIdOf(portal: PortalName): string {
  return `tollgate-${portal}`;
}
