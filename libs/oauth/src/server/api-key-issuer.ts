import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { qualifiedUserName, tollgateClock, type Clock } from '@tollgate/base';
import type { ApiKeyClaims } from '../contract/index.js';
import { OAuthSettings } from './oauth-settings.js';
import type { KeyType } from './oauth.entities.js';
import { hundredYearsSeconds } from './revocation.service.js';
import { SigningKeys } from './signing-keys.js';

export interface ApiKeyRequest {
  readonly organization: string;
  readonly userName: string;
  readonly keyType: KeyType;
  readonly application: NonNullable<ApiKeyClaims['application']>;
  /** -1: never expires. */
  readonly lifetimeSeconds: number;
  readonly permittedIP?: string;
  readonly permittedReferer?: string;
}

export interface InternalKeyRequest {
  readonly organization: string;
  readonly userName: string;
  readonly keyType?: KeyType;
  readonly apis: NonNullable<ApiKeyClaims['subscribedAPIs']>;
  readonly lifetimeSeconds: number;
}

export interface IssuedKey {
  readonly key: string;
  readonly jti: string;
  readonly expiresAtMs: number;
  readonly lifetimeSeconds: number;
}

/** Signs API keys and the publisher's test keys. */
@Injectable()
export class ApiKeyIssuer {
  constructor(
    private readonly keys: SigningKeys,
    private readonly settings: OAuthSettings,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async issueApiKey(request: ApiKeyRequest): Promise<IssuedKey> {
    const { application, permittedIP, permittedReferer } = request;
    return this.issue(request, request.keyType, {
      token_type: 'apiKey',
      application,
      permittedIP: permittedIP ?? '',
      permittedReferer: permittedReferer ?? '',
    });
  }

  async issueInternalKey(request: InternalKeyRequest): Promise<IssuedKey> {
    const subscribedAPIs = request.apis.map(({ uuid, name, context, version }) => ({ uuid, name, context, version }));
    return this.issue(request, request.keyType ?? 'PRODUCTION', { token_type: 'InternalKey', subscribedAPIs });
  }

  private async issue(
    request: { readonly organization: string; readonly userName: string; readonly lifetimeSeconds: number },
    keytype: KeyType,
    rest: Pick<ApiKeyClaims, 'token_type'> & Partial<ApiKeyClaims>,
  ): Promise<IssuedKey> {
    const lifetimeSeconds = request.lifetimeSeconds === -1 ? hundredYearsSeconds : request.lifetimeSeconds;
    if (!Number.isSafeInteger(lifetimeSeconds) || lifetimeSeconds <= 0)
      throw new RangeError('A key lives for at least one second, or -1');
    const nowMs = this.clock.nowMs();
    const iat = Math.floor(nowMs / 1000);
    const claims: ApiKeyClaims = {
      iss: this.settings.issuer(request.organization),
      sub: qualifiedUserName(request.userName, request.organization),
      jti: randomUUID(),
      iat,
      iat_ms: nowMs,
      exp: iat + lifetimeSeconds,
      keytype,
      ...rest,
    };
    const key = await this.keys.signJwt('JWT', claims);
    return { key, jti: claims.jti, expiresAtMs: claims.exp * 1000, lifetimeSeconds };
  }
}
