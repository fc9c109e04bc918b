import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { tollgateClock, tollgateLogger, type Clock, type Logger } from '@tollgate/base';
import { DeploymentModule } from '@tollgate/deployment/server';
import { IdentityModule, PasswordResets, SignInThrottle } from '@tollgate/identity/server';
import { JobQueue } from '@tollgate/jobs';
import { MailModule } from '@tollgate/mail';
import {
  AuthorizationCodes,
  DeviceGrants,
  Interactions,
  KeyManagerKeys,
  OAuthModule,
  OneTimeIds,
  OpaqueTokens,
  PushedRequests,
  PortalSessions,
  RefreshTokenService,
  RevocationService,
  SigningKeyRotation,
  SignInSessions,
} from '@tollgate/oauth/server';

const everyMs = 10 * 60_000;

/** Work that some process has to do now and then: what expired is removed, mail is sent. */
@Module({ imports: [DeploymentModule, IdentityModule, OAuthModule, MailModule] })
export class MaintenanceJobsModule implements OnModuleInit {
  constructor(
    private readonly jobs: JobQueue,
    private readonly refreshTokens: RefreshTokenService,
    private readonly revocations: RevocationService,
    private readonly signIns: SignInThrottle,
    private readonly codes: AuthorizationCodes,
    private readonly interactions: Interactions,
    private readonly devices: DeviceGrants,
    private readonly pushed: PushedRequests,
    private readonly oneTimeIds: OneTimeIds,
    private readonly opaqueTokens: OpaqueTokens,
    private readonly sessions: SignInSessions,
    private readonly signingKeys: SigningKeyRotation,
    private readonly foreignKeys: KeyManagerKeys,
    private readonly portalSessions: PortalSessions,
    private readonly resets: PasswordResets,
    @Inject(tollgateClock) private readonly clock: Clock,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    // A revocation stays until the last token that it names has expired; then gateways forget it too.
    this.remove('oauth.remove-expired-revocations', (nowMs) => this.revocations.removeExpired(nowMs));
    this.remove('oauth.remove-expired-refresh-tokens', (nowMs) => this.refreshTokens.removeExpired(nowMs));
    this.remove('identity.remove-old-sign-in-failures', (nowMs) => this.signIns.removeExpired(nowMs));
    this.remove('oauth.remove-expired-authorization-codes', (nowMs) => this.codes.removeExpired(nowMs));
    this.remove('oauth.remove-expired-interactions', (nowMs) => this.interactions.removeExpired(nowMs));
    this.remove('oauth.remove-expired-device-grants', (nowMs) => this.devices.removeExpired(nowMs));
    this.remove('oauth.remove-expired-pushed-requests', (nowMs) => this.pushed.removeExpired(nowMs));
    this.remove('oauth.remove-expired-one-time-ids', (nowMs) => this.oneTimeIds.removeExpired(nowMs));
    this.remove('oauth.remove-expired-opaque-tokens', (nowMs) => this.opaqueTokens.removeExpired(nowMs));
    this.remove('oauth.remove-expired-sign-in-sessions', (nowMs) => this.sessions.removeExpired(nowMs));
    this.remove('identity.remove-expired-password-resets', (nowMs) => this.resets.removeExpired(nowMs));
    // A key stays until the last token that it signed has expired.
    this.remove('oauth.remove-retired-signing-keys', (nowMs) => this.signingKeys.removeRetired(nowMs));
    this.rotateKeys();
    this.readForeignKeys();
  }

  /** Often, so that tokens of a new key are taken soon; gateways never ask by themselves. */
  private readForeignKeys(): void {
    const kind = 'oauth.read-key-manager-keys';
    this.jobs.register(kind, async () => {
      const changed = await this.foreignKeys.refreshAll();
      if (changed > 0) this.log.info({ event: 'oauth.foreign_keys_changed', changed }, 'Key managers have new keys');
    });
    this.jobs.every(kind, 30_000);
  }

  private rotateKeys(): void {
    const kind = 'oauth.rotate-signing-keys';
    this.jobs.register(kind, async () => {
      const rotated = await this.signingKeys.rotateDue(this.clock.nowMs());
      if (rotated > 0) this.log.info({ event: 'oauth.keys_rotated', rotated }, 'New signing keys were published');
    });
    this.jobs.every(kind, everyMs);
    this.remove('oauth.remove-expired-portal-sessions', (nowMs) => this.portalSessions.removeExpired(nowMs));
  }

  private remove(kind: string, removeExpired: (nowMs: number) => Promise<number>): void {
    this.jobs.register(kind, async () => {
      const removed = await removeExpired(this.clock.nowMs());
      if (removed > 0) this.log.info({ event: 'job.removed_expired', kind, removed }, 'What had expired was removed');
    });
    this.jobs.every(kind, everyMs);
  }
}
