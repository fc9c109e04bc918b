import { OAuthClient, RefreshToken, Revocation, SigningKey } from './oauth.entities.js';

export const oauthEntities = [OAuthClient, RefreshToken, Revocation, SigningKey] as const;
