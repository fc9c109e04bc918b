import { DeviceGrant, OneTimeId, PushedRequest } from './device.entities.js';
import { FederatedAccount, IdentityProvider } from './federation/identity-provider.entities.js';
import { ExternalClient, KeyManager } from './key-manager.entity.js';
import { OAuthClient, RefreshToken, Revocation, SigningKey } from './oauth.entities.js';
import { OpaqueToken } from './opaque-token.entity.js';
import { PortalSession } from './portal-session.entity.js';
import { AuthorizationCode, Consent, Interaction, SignInSession } from './sign-in.entities.js';

export const oauthEntities = [
  OAuthClient,
  RefreshToken,
  Revocation,
  SigningKey,
  SignInSession,
  Interaction,
  AuthorizationCode,
  Consent,
  PushedRequest,
  DeviceGrant,
  OneTimeId,
  ExternalClient,
  KeyManager,
  PortalSession,
  OpaqueToken,
  IdentityProvider,
  FederatedAccount,
] as const;
