import type { ApiRecord, DeploymentRecord, OperationRecord } from '@tollgate/api/contract';
import { managementAudience } from '@tollgate/oauth/domain';
import type { QuotaLessor } from '@tollgate/throttling/domain';
import type { Filter } from '../pipeline/compile-pipeline.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { Refusal } from '../pipeline/verdict.js';
import { isInTime, verifyAccessToken, type AccessToken } from './access-token.js';
import { readCredential, type Credential } from './credential.js';
import { DpopProofs, type ProofProblem } from './dpop.js';
import type { KeyRing, VerificationKey } from './key-ring.js';
import { OpaqueTokens, type OpaqueTokenOptions } from './opaque-tokens.js';
import {
  authenticationFailed,
  callerNotPermitted,
  certificateRefused,
  invalidCredentials,
  invalidProof,
  missingCredentials,
  notPublished,
  proofUncheckable,
  severalCredentials,
  tokenUncheckable,
  wrongTokenKind,
} from './refusals.js';
import type { RevocationList } from './revocation-list.js';
import { verifySignedKey, type SignedKey } from './signed-key.js';
import { TokenCache } from './token-cache.js';

/** Name of the field in which a publisher's test key travels, in lower case. */
export const internalKeyHeader = 'internal-key';

/** What authentication asks, shared by all APIs of a gateway. */
export interface Authenticator {
  readonly ring: KeyRing;
  readonly revocations: RevocationList;
  readonly accessTokens: TokenCache<AccessToken>;
  readonly signedKeys: TokenCache<SignedKey>;
  readonly proofs: DpopProofs;
  readonly opaqueTokens: OpaqueTokens;
}

/**
 * @param tokens most tokens kept per kind, and who knows opaque ones
 * @param lessor says for all gateways whether a proof is new; `null`: each gateway for itself
 */
export function createAuthenticator(
  ring: KeyRing,
  revocations: RevocationList,
  tokens: OpaqueTokenOptions,
  lessor: QuotaLessor | null,
): Authenticator {
  return {
    ring,
    revocations,
    accessTokens: new TokenCache(tokens.capacity),
    signedKeys: new TokenCache(tokens.capacity),
    opaqueTokens: new OpaqueTokens(tokens),
    proofs: new DpopProofs(lessor, mostProofs),
  };
}

/** Proofs of two minutes: 8,000 a second. */
const mostProofs = 1_000_000;

/**
 * Finds out who calls. The first credential present decides, in the order test key, access token, API key; a bad one
 * is never passed over for the next. `null` for operations that ask for none.
 */
export function authenticateFilter(
  api: ApiRecord,
  deployment: DeploymentRecord,
  operation: OperationRecord,
  using: Authenticator,
): Filter | null {
  if (operation.authType === 'None') return null;
  const takesTokens = deployment.securityScheme.includes('oauth2') && api.lifecycleState !== 'CREATED';
  const takesApiKeys = deployment.securityScheme.includes('api_key') && api.lifecycleState !== 'CREATED';
  const tokenHeader = deployment.authorizationHeader.toLowerCase();
  const keyHeader = deployment.apiKeyHeader.toLowerCase();
  const { mutualTls } = deployment;

  return function authenticate(x) {
    try {
      const testKey = x.headers.get(internalKeyHeader);
      if (testKey !== undefined) return byTestKey(x, testKey, api, using);
      if (api.lifecycleState === 'CREATED') return notPublished;
      const certificate = mutualTls ? knownCertificate(mutualTls, x) : null;
      if (mutualTls?.isMandatory && certificate === null) return certificateRefused;
      const token = takesTokens ? x.headers.get(tokenHeader) : undefined;
      if (token !== undefined) return byAccessToken(x, token, tokenHeader, operation, api, deployment, using);
      const key = takesApiKeys ? x.headers.get(keyHeader) : undefined;
      if (key !== undefined) return byApiKey(x, key, keyHeader, operation, api, using);
      if (certificate !== null && !mutualTls?.needsCredential) return byCertificate(x, certificate, operation);
      return mutualTls && !takesTokens && !takesApiKeys ? certificateRefused : missingCredentials;
    } catch {
      return authenticationFailed; // whatever broke, nobody passes (V-36)
    }
  };
}

type MutualTls = NonNullable<DeploymentRecord['mutualTls']>;

/** The caller's certificate, when the publisher has added it and it is in time. */
function knownCertificate({ certificates }: MutualTls, x: Exchange): MutualTls['certificates'][number] | null {
  if (x.clientCertificate === '') return null;
  const found = certificates.find(({ thumbprint }) => thumbprint === x.clientCertificate);
  const isInTimeNow = found && x.receivedAtMs >= found.validFromMs && x.receivedAtMs < found.validToMs;
  return isInTimeNow ? found : null;
}

function byCertificate(
  x: Exchange,
  { alias, tier }: MutualTls['certificates'][number],
  operation: OperationRecord,
): Refusal | null {
  if (operation.authType === 'Application User') return wrongTokenKind;
  x.credential = 'certificate';
  x.userId = alias;
  x.certificatePlan = tier;
  return null;
}

function byAccessToken(
  x: Exchange,
  header: string,
  headerName: string,
  operation: OperationRecord,
  api: ApiRecord,
  deployment: DeploymentRecord,
  using: Authenticator,
): Refusal | null | Promise<Refusal | null> {
  if (x.headers.all(headerName).length > 1) return severalCredentials;
  const sent = readCredential(header);
  if (sent === null) return invalidCredentials;
  const jwt = using.opaqueTokens.jwtOf(sent.text);
  if (typeof jwt === 'string') return byJwt(x, jwt, sent, operation, api, deployment, using);
  if (jwt === null) return invalidCredentials;
  return jwt.then(
    (found) => (found === null ? invalidCredentials : byJwt(x, found, sent, operation, api, deployment, using)),
    () => tokenUncheckable,
  );
}

/** @param jwt what was sent, or what the opaque token that was sent stands for */
function byJwt(
  x: Exchange,
  jwt: string,
  sent: Credential,
  operation: OperationRecord,
  api: ApiRecord,
  deployment: DeploymentRecord,
  using: Authenticator,
): Refusal | null | Promise<Refusal | null> {
  const { text } = sent;
  const token = accessTokenOf(jwt, api.organization, using);
  if (token === null) return invalidCredentials;
  if (!isInTime(token, x.receivedAtMs) || using.revocations.isRevoked(token)) return invalidCredentials;
  if (!isMeantFor(token, deployment) || !isVouchedFor(token, using.ring)) return invalidCredentials;
  if (isOtherKind(operation, token.isUserToken)) return wrongTokenKind;
  const proven = proveBinding(x, token, sent, using);
  if (proven instanceof Promise) return proven.then((refusal) => refusal ?? acceptToken(x, token, text));
  return proven ?? acceptToken(x, token, text);
}

/** Whether whoever sent the token may send it (RFC 9449 section 7, RFC 8705 section 3). */
function proveBinding(
  x: Exchange,
  { binding }: AccessToken,
  { text, isProof }: Credential,
  { proofs }: Authenticator,
): Refusal | null | Promise<Refusal | null> {
  if (binding === null) return isProof ? invalidProof : null;
  if (binding.certificate !== null && binding.certificate !== x.clientCertificate) return invalidCredentials;
  if (binding.jkt === null) return isProof ? invalidProof : null;
  if (!isProof) return invalidProof;
  if (x.isContinued) return null;
  const problem = proofs.check(x, text, binding.jkt);
  return problem instanceof Promise ? problem.then(refusalOfProof) : refusalOfProof(problem);
}

function refusalOfProof(problem: ProofProblem | null): Refusal | null {
  if (problem === null) return null;
  return problem === 'away' ? proofUncheckable : invalidProof;
}

function acceptToken(x: Exchange, token: AccessToken, text: string): null {
  x.credential = 'oauth2';
  x.credentialText = text;
  x.consumerKey = token.consumerKey;
  x.keyManager = token.key.manager.record.name;
  x.claimMapping = token.key.manager.record.claimMapping;
  x.userId = token.user;
  x.issuedAtMs = token.issuedAtMs;
  x.scopes = token.scopes;
  x.claimedKeyType = token.keyType;
  x.keyType = token.keyType ?? 'PRODUCTION';
  return null;
}

function accessTokenOf(text: string, organization: string, using: Authenticator): AccessToken | null {
  const cached = using.accessTokens.get(text);
  if (cached !== undefined && cached.organization === organization && isTrusted(cached.key)) return cached;
  const token = verifyAccessToken(text, organization, using.ring);
  if (token === null) using.accessTokens.delete(text);
  else using.accessTokens.set(text, token);
  return token;
}

/** A token of ours for a user of an external key manager counts as long as that one's users do. */
function isVouchedFor({ vouchedBy, organization }: AccessToken, ring: KeyRing): boolean {
  if (vouchedBy === null) return true;
  const manager = ring.byName(organization, vouchedBy);
  return manager !== null && manager.record.vouchesForUsers !== false;
}

function isTrusted({ isLive, manager }: VerificationKey): boolean {
  return isLive && manager.record.enabled;
}

/** Tokens for the management APIs open no published API, also where no subscription is asked for (requirement R-41). */
function isMeantFor(token: AccessToken, deployment: DeploymentRecord): boolean {
  if (token.audiences.includes(managementAudience)) return false;
  const managers = deployment.keyManagers;
  if (!managers.includes('all') && !managers.includes(token.key.manager.record.name)) return false;
  const wanted = deployment.audiences;
  return wanted.length === 0 || wanted.includes('all') || token.audiences.some((audience) => wanted.includes(audience));
}

function isOtherKind(operation: OperationRecord, isUserToken: boolean): boolean {
  return (
    (operation.authType === 'Application' && isUserToken) || (operation.authType === 'Application User' && !isUserToken)
  );
}

function byApiKey(
  x: Exchange,
  text: string,
  headerName: string,
  operation: OperationRecord,
  api: ApiRecord,
  using: Authenticator,
): Refusal | null {
  if (x.headers.all(headerName).length > 1) return severalCredentials;
  const key = signedKeyOf(text, 'apiKey', api.organization, using);
  if (key === null || key.applicationUuid === '' || !isUsable(key, x, using)) return invalidCredentials;
  if (!key.permitted.allows(x.clientIp, x.headers.get('referer'))) return callerNotPermitted;
  if (operation.authType === 'Application User') return wrongTokenKind;
  acceptKey(x, key, text, 'apiKey');
  return null;
}

function byTestKey(x: Exchange, text: string, api: ApiRecord, using: Authenticator): Refusal | null {
  if (x.headers.all(internalKeyHeader).length > 1) return severalCredentials;
  const key = signedKeyOf(text, 'InternalKey', api.organization, using);
  if (key === null || !key.apiUuids.has(api.uuid) || !isUsable(key, x, using)) return invalidCredentials;
  acceptKey(x, key, text, 'internalKey');
  return null;
}

function signedKeyOf(
  text: string,
  kind: SignedKey['kind'],
  organization: string,
  using: Authenticator,
): SignedKey | null {
  const cached = using.signedKeys.get(text);
  if (cached !== undefined && cached.kind === kind && cached.organization === organization && cached.key.isLive)
    return cached;
  const key = verifySignedKey(text, kind, organization, using.ring);
  if (key !== null) using.signedKeys.set(text, key);
  return key;
}

function isUsable(key: SignedKey, x: Exchange, using: Authenticator): boolean {
  return isInTime(key, x.receivedAtMs) && !using.revocations.isRevoked(key);
}

function acceptKey(x: Exchange, key: SignedKey, text: string, credential: 'apiKey' | 'internalKey'): void {
  x.credential = credential;
  x.credentialText = text;
  x.keyType = key.keyType;
  x.claimedKeyType = key.keyType;
  x.userId = key.user;
  x.issuedAtMs = key.issuedAtMs;
  x.applicationUuid = key.applicationUuid;
}
