export {
  accessTokenClaimsSchema,
  apiKeyClaimsSchema,
  issuedAtMs,
  keyManagerRecordSchema,
  residentKeyManager,
  revocationRecordSchema,
} from './record.js';
export type { AccessTokenClaims, ApiKeyClaims, KeyManagerRecord, RevocationRecord } from './record.js';
