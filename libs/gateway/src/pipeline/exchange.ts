import type { ApplicationRecord, KeyType, SubscriptionRecord } from '@tollgate/application/contract';
import type { QuotaLevel } from '@tollgate/throttling/domain';
import type { TargetSet } from '../upstream/targets/target-set.js';
import type { CompiledApi, CompiledEndpoint, CompiledOperation } from './compiled-api.js';
import { HeaderList } from './header-list.js';

/** What an entrance has read of a request, whatever codec it uses. */
export interface RequestHead {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Lower case, without port. */
  readonly host: string;
  /** As the client wrote it, with port: becomes `X-Forwarded-Host`. */
  readonly authority: string;
  /** Normalised by `normalisePath`: the one string used for routing, scopes and the upstream. */
  readonly path: string;
  /** With its `?`; empty when there is none. Forwarded as it came. */
  readonly query: string;
  readonly headers: HeaderList;
  /** Socket address, or the first untrusted hop of X-Forwarded-For behind trusted proxies. */
  readonly clientIp: string;
  /** The proxies' list to extend, empty unless the peer is a trusted proxy. */
  readonly forwardedFor: string;
  /** Length of the body: 0 none, null unknown (chunked). */
  readonly bodyBytes: number | null;
  /** Absent unless the client asks for a WebSocket. */
  readonly upgrade?: UpgradeRequest | null;
}

/** What a client asks for in the opening handshake of a WebSocket (RFC 6455 section 4.1). */
export interface UpgradeRequest {
  readonly key: string;
  /** Subprotocols in the order of preference. */
  readonly protocols: readonly string[];
  /** Chosen when the back end chooses none: the client sent a credential under this name. */
  readonly fallback?: string;
}

/** What goes to the back end, where policies have changed what came. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path below the API's base path: `` or `/…`. */
  readonly resource: string;
  readonly query: string;
  readonly headers: HeaderList;
  readonly bodyBytes: number | null;
}

/** How the caller proved who it is. */
export type Credential = 'none' | 'oauth2' | 'apiKey' | 'internalKey' | 'certificate';

const noMapping: [] = [];

/** One request on its way. Every field exists from construction, so that all exchanges share one hidden class. */
export class Exchange {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HeaderList;
  readonly clientIp: string;
  readonly forwardedFor: string;
  readonly bodyBytes: number | null;
  readonly upgrade: UpgradeRequest | null;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAtMs: number;
  /** SHA-256 of the certificate that the client has proven to hold, base64url; empty without one. */
  readonly clientCertificate: string;

  // route
  api: CompiledApi | null = null;
  operation: CompiledOperation | null = null;
  /** Path below the API's base path: `` or `/…`. */
  resource = '';

  // authenticate
  /** A connection that was opened before is looked at again: a proof that may be shown once was shown then. */
  isContinued = false;
  credential: Credential = 'none';
  keyType: KeyType = 'PRODUCTION';
  consumerKey = '';
  /** Key manager that vouched for the token. */
  keyManager = '';
  /** `user@tenant`; for operations without authentication the client address stands in. */
  userId = '';
  /** What the credential itself says of its application; empty when it names a consumer key instead. */
  applicationUuid = '';
  /** Milliseconds since the Unix epoch; 0 without a credential. */
  issuedAtMs = 0;
  /** Key type that the token claims, `null` when it says none. */
  claimedKeyType: KeyType | null = null;
  scopes: readonly string[] = noScopes;
  application: ApplicationRecord | null = null;
  /** Plan of a caller that proved itself by its certificate alone; empty for others. */
  certificatePlan = '';
  subscription: SubscriptionRecord | null = null;

  /** The verified token or key itself; empty without one. */
  credentialText = '';
  /** Of the key manager whose token it is. */
  claimMapping: readonly { readonly remoteClaim: string; readonly localClaim: string }[] = noMapping;

  // throttle: a level that is unlimited keeps an empty key and is not counted
  apiKey = '';
  apiTier = '';
  resourceKey = '';
  resourceTier = '';
  /** As in request events: condition groups of the advanced policy that the request is in. */
  matchedConditions = '';
  /** As in request events: the counters in which a leased permit has counted the request. */
  leased = '';
  subscriptionKey = '';
  subscriptionTier = '';
  applicationKey = '';
  applicationTier = '';
  /** The plan's quota is used up and the plan lets requests pass nevertheless. */
  isOverQuota = false;
  /** Bandwidth limits that count this request, `null` when none does. */
  byteLevels: QuotaLevel[] | null = null;

  // mediate
  /** `null`: as it came. */
  outgoing: OutgoingRequest | null = null;

  // upstream
  /** Endpoints of the key's type. */
  targets: TargetSet | null = null;
  /** The one that is called. */
  endpoint: CompiledEndpoint | null = null;
  /** Bytes of the bodies that passed, in either direction. */
  transferredBytes = 0;
  /** Fields added to whatever answer goes out: name, value, name, value, … */
  readonly responseHeaders: string[] = [];

  constructor(head: RequestHead, receivedAtMs: number, clientCertificate = '') {
    this.method = head.method;
    this.scheme = head.scheme;
    this.host = head.host;
    this.authority = head.authority;
    this.path = head.path;
    this.query = head.query;
    this.headers = head.headers;
    this.clientIp = head.clientIp;
    this.forwardedFor = head.forwardedFor;
    this.bodyBytes = head.bodyBytes;
    this.upgrade = head.upgrade ?? null;
    this.receivedAtMs = receivedAtMs;
    this.clientCertificate = clientCertificate;
  }
}

const noScopes: readonly string[] = [];
