import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { qualifiedUserName, SecretBox, tollgateClock, tollgateConfig, type Clock } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import { AuthenticatorRegistry } from '@tollgate/http';
import { TokenSource } from '@tollgate/deployment/server';
import { OrganizationSeeds, UserEvents, type UserChange } from '@tollgate/identity/server';
import { Inject } from '@nestjs/common';
import { recentMs, type Transaction } from '@tollgate/database';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { ApiKeyIssuer } from './api-key-issuer.js';
import { AuthorizationCodes } from './authorization-code.service.js';
import { BasicAuthenticator } from './basic.authenticator.js';
import { BearerAuthenticator } from './bearer.authenticator.js';
import { ClientCertificates } from './client-certificates.js';
import { ClientSecrets } from './client-secrets.js';
import { ClientService } from './client.service.js';
import { Consents } from './consent.service.js';
import { DeviceGrants } from './device-grant.service.js';
import { DpopProofs } from './dpop-proofs.js';
import { FederatedAccounts } from './federation/federated-accounts.js';
import { IdentityProviders } from './federation/identity-providers.js';
import { ProviderSignIn } from './federation/provider-sign-in.js';
import { ForeignTokens } from './foreign-tokens.js';
import { IdTokenIssuer } from './id-token-issuer.js';
import { Interactions } from './interaction.service.js';
import { ExternalClientService } from './external-client.service.js';
import { KeyManagerCaller } from './key-manager.caller.js';
import { KeyManagerKeys } from './key-manager.keys.js';
import { KeyManagerReader } from './key-manager.reader.js';
import { KeyManagerService } from './key-manager.service.js';
import { ensureResident } from './resident-key-manager.js';
import { KeyManagerRecords } from './key-manager-records.js';
import { OAuthSettings, settingsOf } from './oauth-settings.js';
import { OneTimeIds } from './one-time-ids.js';
import { OpaqueTokens } from './opaque-tokens.js';
import { PortalClients } from './portal-clients.js';
import { PushedRequests } from './pushed-request.service.js';
import { PortalSessions } from './portal-sessions.js';
import { RefreshTokenService } from './refresh-token.service.js';
import { hundredYearsSeconds, longAfter, RevocationService } from './revocation.service.js';
import { ApiScopeSources, ScopeGranter } from './scope-granter.js';
import { SignInSessions } from './sign-in-session.service.js';
import { SigningKeyRotation } from './signing-key-rotation.js';
import { SigningKeys } from './signing-keys.js';
import { TokenIssuer } from './token-issuer.js';
import { TokenStandings } from './token-standing.js';

const faces = [
  AccessTokenVerifier,
  ApiKeyIssuer,
  ApiScopeSources,
  AuthorizationCodes,
  BasicAuthenticator,
  ClientCertificates,
  ClientSecrets,
  ClientService,
  Consents,
  DeviceGrants,
  DpopProofs,
  FederatedAccounts,
  ForeignTokens,
  IdentityProviders,
  IdTokenIssuer,
  Interactions,
  ExternalClientService,
  KeyManagerCaller,
  KeyManagerKeys,
  KeyManagerRecords,
  KeyManagerReader,
  KeyManagerService,
  OneTimeIds,
  OpaqueTokens,
  PortalClients,
  PushedRequests,
  PortalSessions,
  ProviderSignIn,
  RefreshTokenService,
  RevocationService,
  ScopeGranter,
  SignInSessions,
  SigningKeyRotation,
  SigningKeys,
  TokenIssuer,
];

/**
 * Clients, tokens, keys and revocations, and who calls the management surfaces. Needs `DatabaseModule`,
 * `DeploymentModule`, `IdentityModule`, `HttpModule`, the configuration and the clock.
 */
@Global()
@Module({
  providers: [
    ...faces,
    BearerAuthenticator,
    TokenStandings,
    { provide: OAuthSettings, useFactory: settingsOf, inject: [tollgateConfig] },
    { provide: SecretBox, useFactory: makeSecretBox, inject: [tollgateConfig] },
  ],
  exports: [...faces, OAuthSettings, SecretBox],
})
export class OAuthModule implements OnModuleInit {
  constructor(
    private readonly authenticators: AuthenticatorRegistry,
    private readonly bearer: BearerAuthenticator,
    private readonly basic: BasicAuthenticator,
    private readonly organizationSeeds: OrganizationSeeds,
    private readonly userEvents: UserEvents,
    private readonly records: KeyManagerRecords,
    private readonly signingKeys: SigningKeyRotation,
    private readonly refreshTokens: RefreshTokenService,
    private readonly revocations: RevocationService,
    private readonly sessions: SignInSessions,
    private readonly consents: Consents,
    private readonly verifier: AccessTokenVerifier,
    private readonly tokenSource: TokenSource,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.authenticators.register('bearer', (request) => this.bearer.authenticate(request));
    this.authenticators.register('basic', (request) => this.basic.authenticate(request));
    this.authenticators.register('basic-admin', (request) => this.basic.authenticateAdmin(request));
    this.authenticators.register('admin', (request) => this.basic.authenticateAdminOrBearer(request));
    this.organizationSeeds.register(async (tx, organization) => {
      await this.signingKeys.ensureKeys(tx);
      await ensureResident(tx, organization, this.clock.nowMs());
      await this.records.publish(tx, organization);
    });
    this.tokenSource.register((token) => this.verifier.reveal(token));
    this.userEvents.register((tx, change) => this.onUserChange(tx, change));
  }

  /**
   * A new password ends what was granted with the old one: refresh tokens and access tokens of the user. Tokens of
   * applications and API keys that the user owns go on. Who is gone or locked out loses everything, keys that never
   * expire included.
   */
  private async onUserChange(tx: Transaction, { type: happened, organization, userName }: UserChange): Promise<void> {
    await this.sessions.endOfUser(tx, organization, userName);
    await this.refreshTokens.revokeOfUser(tx, organization, userName);
    if (happened === 'deleted') await this.consents.forgetUser(tx, organization, userName);
    const type = happened === 'password-changed' ? 'userGrant' : 'user';
    const value = qualifiedUserName(userName, organization);
    const nowMs = this.clock.nowMs();
    const expiresAtMs = longAfter(nowMs, hundredYearsSeconds);
    // Another process may take who is gone or locked out for active a moment longer.
    const moment = type === 'user' ? { beforeMs: nowMs + recentMs } : {};
    await this.revocations.revoke(tx, { type, value, organization, expiresAtMs, ...moment });
  }
}

function makeSecretBox(config: TollgateConfig): SecretBox {
  const { key } = config.tollgate.encryption;
  if (key === undefined) throw new Error('[tollgate.encryption] key is missing: the launcher sets it');
  return new SecretBox(key);
}
