/** The parts of the developer portal contract (v3) that the pages use. */
export interface ApiFound {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly context: string;
  readonly provider: string;
  readonly status: string;
  /** `4.5`; `0.0` when nobody rated. */
  readonly avgRating: string;
}

export interface Urls {
  readonly http?: string;
  readonly https?: string;
}

export interface Api {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly context: string;
  readonly version: string;
  readonly provider: string;
  readonly lifeCycleStatus: string;
  readonly type: string;
  readonly operations: readonly { readonly target: string; readonly verb: string }[];
  readonly authorizationHeader: string;
  readonly securityScheme: readonly string[];
  readonly tags: readonly string[];
  readonly tiers: readonly { readonly tierName: string; readonly tierPlan: string }[];
  readonly endpointURLs: readonly {
    readonly environmentName: string;
    readonly environmentDisplayName: string;
    readonly environmentType: string;
    readonly URLs: Urls;
  }[];
  readonly scopes: readonly { readonly key: string; readonly description: string }[];
  readonly businessInformation: Readonly<Record<string, string | undefined>>;
  readonly avgRating: string;
  readonly isSubscriptionAvailable: boolean;
  readonly lastUpdatedTime: string;
}

export interface Policy {
  readonly name: string;
  readonly description: string;
  readonly requestCount: number;
  readonly dataUnit?: string;
  /** Milliseconds. */
  readonly unitTime: number;
  readonly timeUnit?: string;
  readonly quotaPolicyType: string;
  readonly tierPlan: string;
}

export interface ApplicationInput {
  readonly name: string;
  readonly throttlingPolicy: string;
  readonly description: string;
}

export interface Application extends ApplicationInput {
  readonly applicationId: string;
  /** CREATED: waits for approval. */
  readonly status: string;
  readonly subscriptionCount: number;
  readonly owner: string;
  readonly tokenType?: string;
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

export const keyTypes = ['PRODUCTION', 'SANDBOX'] as const;
export type KeyType = (typeof keyTypes)[number];

export interface OAuthKeys {
  /** Absent while the keys wait for approval. */
  readonly keyMappingId?: string;
  readonly keyManager: string;
  readonly consumerKey?: string;
  readonly consumerSecret?: string;
  readonly supportedGrantTypes: readonly string[];
  readonly callbackUrl: string;
  readonly keyState: string;
  readonly keyType: KeyType;
  readonly mode: string;
  readonly additionalProperties: Readonly<Record<string, unknown>>;
}

export interface KeyManager {
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly availableGrantTypes: readonly string[];
  readonly tokenEndpoint: string;
  readonly enableOAuthAppCreation: boolean;
  readonly enableTokenGeneration: boolean;
}

export interface Token {
  readonly accessToken: string;
  readonly tokenScopes: readonly string[];
  /** Seconds. */
  readonly validityTime: number;
}

export interface ApiKey {
  readonly keyUUID: string;
  readonly keyName: string;
  readonly issuedOn: string;
  /** Seconds; -1: never. */
  readonly validityPeriod: number;
  readonly lastUsed: string;
}

export interface IssuedApiKey {
  readonly keyName: string;
  readonly apikey: string;
}

export interface Subscription {
  readonly subscriptionId: string;
  readonly applicationId: string;
  readonly apiId: string;
  readonly apiInfo?: {
    readonly name: string;
    readonly version: string;
    readonly throttlingPolicies: readonly string[];
  };
  readonly applicationInfo: { readonly name: string };
  readonly throttlingPolicy: string;
  readonly requestedThrottlingPolicy: string;
  readonly status: string;
}

export interface Ratings {
  readonly avgRating: string;
  /** The reader's own; 0: none. */
  readonly userRating: number;
  readonly pagination?: { readonly total: number };
}

export interface ApiDocument {
  readonly documentId: string;
  readonly name: string;
  readonly type: string;
  readonly otherTypeName?: string;
  readonly summary?: string;
  readonly sourceType: 'MARKDOWN' | 'INLINE' | 'URL' | 'FILE';
  readonly sourceUrl?: string;
}
