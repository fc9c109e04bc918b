/** The parts of the admin contract (v4) that the pages use. */

export const timeUnits = ['sec', 'min', 'hour', 'day', 'week', 'month', 'year'] as const;
export const dataUnits = ['KB', 'MB', 'GB'] as const;
export const limitTypes = ['REQUESTCOUNTLIMIT', 'BANDWIDTHLIMIT', 'EVENTCOUNTLIMIT'] as const;

export interface Window {
  readonly unitTime: number;
  readonly timeUnit: string;
}

export type Limit =
  | { readonly type: 'REQUESTCOUNTLIMIT'; readonly requestCount: Window & { readonly requestCount: number } }
  | {
      readonly type: 'BANDWIDTHLIMIT';
      readonly bandwidth: Window & { readonly dataAmount: number; readonly dataUnit: string };
    }
  | { readonly type: 'EVENTCOUNTLIMIT'; readonly eventCount: Window & { readonly eventCount: number } };

export type Condition = { readonly invertCondition: boolean } & (
  | { readonly type: 'IPCONDITION'; readonly ipCondition: IpCondition }
  | {
      readonly type: 'HEADERCONDITION';
      readonly headerCondition: { readonly headerName: string; readonly headerValue: string };
    }
  | {
      readonly type: 'QUERYPARAMETERCONDITION';
      readonly queryParameterCondition: { readonly parameterName: string; readonly parameterValue: string };
    }
  | {
      readonly type: 'JWTCLAIMSCONDITION';
      readonly jwtClaimsCondition: { readonly claimUrl: string; readonly attribute: string };
    }
);

export interface IpCondition {
  readonly ipConditionType: 'IPSPECIFIC' | 'IPRANGE';
  readonly specificIP: string;
  readonly startingIP?: string;
  readonly endingIP?: string;
}

export interface ConditionGroup {
  readonly description: string;
  readonly conditions: readonly Condition[];
  readonly limit: Limit;
}

export interface Permissions {
  readonly permissionType: 'ALLOW' | 'DENY';
  readonly roles: readonly string[];
}

/** A policy of any level; fields of the other levels are absent. */
export interface Policy {
  readonly policyId: string;
  readonly policyName: string;
  readonly displayName: string;
  readonly description: string;
  readonly defaultLimit: Limit;
  readonly degradedMode: 'local-share' | 'open' | 'closed';
  readonly strict: boolean;
  /** Level application. */
  readonly burstLimit?: { readonly rateLimitCount: number; readonly rateLimitTimeUnit?: string };
  /** Level subscription, from here to the next comment. */
  readonly rateLimitCount?: number;
  readonly rateLimitTimeUnit?: string;
  readonly stopOnQuotaReach?: boolean;
  readonly billingPlan?: 'FREE' | 'COMMERCIAL';
  readonly monetization?: {
    readonly monetizationPlan: 'FIXEDRATE' | 'DYNAMICRATE';
    readonly properties: Readonly<Record<string, string>>;
  } | null;
  readonly customAttributes?: readonly { readonly name: string; readonly value: string }[];
  readonly permissions?: Permissions | null;
  readonly subscriberCount?: number;
  readonly graphQLMaxComplexity?: number;
  readonly graphQLMaxDepth?: number;
  /** Level advanced. */
  readonly applicableLevel?: 'apiLevel' | 'userLevel';
  readonly conditionalGroups?: readonly ConditionGroup[];
}

export const policyLevels = ['advanced', 'application', 'subscription'] as const;
export type PolicyLevel = (typeof policyLevels)[number];

export const denyKinds = ['API', 'APPLICATION', 'SUBSCRIPTION', 'USER', 'IP', 'IPRANGE'] as const;
export type DenyKind = (typeof denyKinds)[number];

export interface DenyAddress {
  readonly fixedIp?: string;
  readonly startingIp?: string;
  readonly endingIp?: string;
  readonly invert: boolean;
}

export interface DenyPolicy {
  readonly conditionId: string;
  readonly conditionType: DenyKind;
  /** An address for IP and IPRANGE, else text. */
  readonly conditionValue: string | DenyAddress;
  readonly conditionStatus: boolean;
}

export interface CustomRule {
  readonly policyId: string;
  readonly policyName: string;
  readonly description: string;
  readonly isDeployed: boolean;
  readonly keyTemplate: string;
  readonly siddhiQuery: string;
}

/** A place in a rule; lines and columns count from 1. */
export interface RuleProblem {
  readonly field: 'siddhiQuery' | 'keyTemplate';
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly suggestion: string | null;
}

export interface RuleFindings {
  readonly valid: boolean;
  readonly problems: readonly RuleProblem[];
  readonly warnings: readonly RuleProblem[];
  readonly properties: readonly string[];
}

/** A node of the installation as it sees itself. */
export interface TopologyNode {
  readonly nodeId: string;
  readonly role: 'gateway' | 'traffic-manager' | 'control-plane';
  readonly state: 'ok' | 'degraded' | 'lagging' | 'stale' | 'drifted' | 'silent';
  readonly problems: readonly string[];
  readonly startedAt: number;
  readonly lastSeenAt: number;
  readonly seq: number;
  readonly digest: string;
  readonly lag: number;
  readonly healedGaps: number;
  readonly deadLettered: number;
  readonly links: readonly { readonly purpose: string; readonly address: string; readonly state: string }[];
  readonly queues: readonly { readonly waiting: number; readonly dropped: number }[];
}

export interface Topology {
  readonly controlPlane: { readonly seq: number; readonly digest: string };
  readonly healthy: boolean;
  readonly nodes: readonly TopologyNode[];
  readonly brokers: readonly {
    readonly address: string;
    readonly connected: readonly string[];
    readonly away: readonly string[];
  }[];
}

export interface PolicyOnNodes {
  readonly kind: 'throttle-policy' | 'deny-condition' | 'custom-rule';
  readonly id: string;
  readonly name: string;
  /** Of policies. */
  readonly policyLevel?: 'advanced' | 'subscription' | 'application';
  /** Of denials. */
  readonly conditionType?: DenyPolicy['conditionType'];
  readonly conditionValue?: DenyPolicy['conditionValue'];
  readonly version: number;
  readonly liveOn: readonly string[];
  readonly missingOn: readonly string[];
}

/** A request that waits for a decision. */
export interface Task {
  readonly workflowType: string;
  readonly createdTime: string;
  readonly referenceId: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly description: string;
}

export interface AuditEvent {
  readonly id: string;
  readonly time: string;
  readonly actor: string;
  readonly action: string;
  readonly outcome: string;
  readonly address: string;
  readonly requestId: string;
  readonly target: Readonly<Record<string, string>>;
}

export interface Vhost {
  readonly host: string;
  readonly httpContext: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly wsPort: number;
  readonly wssPort: number;
}

export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly gatewayType: string;
  /** Of the configuration: not changed here. */
  readonly isReadOnly: boolean;
  readonly vhosts: readonly Vhost[];
}

export interface GatewayNode {
  readonly gatewayId: string;
  readonly lastActive: string;
  readonly status: 'ACTIVE' | 'EXPIRED';
}

export const tokenTypes = ['DIRECT', 'EXCHANGED', 'BOTH'] as const;

export interface KeyManagerInfo {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly tokenType: string;
}

/** A key manager whole; what the page does not show goes back as it came. */
export interface KeyManager extends KeyManagerInfo {
  readonly displayName: string;
  readonly wellKnownEndpoint: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly authorizeEndpoint: string;
  readonly introspectionEndpoint: string;
  readonly clientRegistrationEndpoint: string;
  readonly revokeEndpoint: string;
  readonly userInfoEndpoint: string;
  readonly certificates: { readonly type: 'JWKS' | 'PEM'; readonly value: string };
  readonly availableGrantTypes: readonly string[];
  readonly consumerKeyClaim: string;
  readonly scopesClaim: string;
  readonly enableOAuthAppCreation: boolean;
  readonly enableMapOAuthConsumerApps: boolean;
  readonly enableTokenGeneration: boolean;
}

export interface RoleMapping {
  readonly group: string;
  readonly role: string;
}

/** An OpenID provider at which people sign in. */
export interface IdentityProvider {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly issuer: string;
  readonly wellKnownEndpoint: string;
  readonly clientId: string;
  /** Masked as it is read; the mask changes nothing. */
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly userNameClaim: string;
  readonly emailClaim: string;
  readonly groupsClaim: string;
  readonly roleMappings: readonly RoleMapping[];
  readonly createsUsers: boolean;
  readonly newUserRoles: readonly string[];
  readonly trustsSecondFactor: boolean;
  /** To be registered at the provider. */
  readonly redirectUri: string;
}

/** Whose account a person of a provider uses. */
export interface FederatedAccount {
  readonly id: string;
  readonly subject: string;
  readonly userName: string;
  readonly provisioned: boolean;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}
