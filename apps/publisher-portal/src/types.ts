/** The parts of the publisher contract (v4) that the pages use. */
export interface ApiInfo {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly context: string;
  readonly version: string;
  readonly provider: string;
  readonly type: string;
  readonly lifeCycleStatus: string;
  /** Milliseconds since the epoch, as text. */
  readonly updatedTime: string;
}

export interface ApiOperation {
  readonly target: string;
  readonly verb: string;
  readonly authType: string;
  readonly throttlingPolicy: string;
  readonly scopes: readonly string[];
  readonly operationPolicies?: PolicyFlows;
}

/** Values of a policy's attributes, by name. */
export type PolicyParameters = Readonly<Record<string, string | number | boolean>>;

/** A policy that stands in a flow (`OperationPolicy` of the contract). */
export interface AttachedPolicy {
  readonly policyName: string;
  readonly policyVersion?: string;
  readonly parameters: PolicyParameters;
}

export type FlowName = 'request' | 'response' | 'fault';
export type PolicyFlows = Readonly<Record<FlowName, readonly AttachedPolicy[]>>;

export interface PolicyAttribute {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly type: 'String' | 'Text' | 'Integer' | 'Boolean' | 'Enum';
  readonly required: boolean;
  readonly defaultValue?: string;
  readonly allowedValues?: readonly string[];
  readonly validationRegex?: string;
}

/** A policy that can be attached (`OperationPolicyData` of the contract). */
export interface OperationPolicy {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly displayName: string;
  readonly description: string;
  readonly applicableFlows: readonly FlowName[];
  readonly policyAttributes: readonly PolicyAttribute[];
}

export interface EndpointEntry {
  readonly url?: string;
  readonly config?: object;
}

export interface EndpointConfig {
  readonly endpoint_type?: string;
  readonly production_endpoints?: EndpointEntry | readonly EndpointEntry[];
  readonly sandbox_endpoints?: EndpointEntry | readonly EndpointEntry[];
  readonly [other: string]: unknown;
}

/** A whole API. What the pages do not know is sent back as it came. */
export interface Api {
  readonly id: string;
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly context: string;
  readonly version: string;
  readonly provider: string;
  readonly type: string;
  readonly lifeCycleStatus: string;
  readonly isDefaultVersion: boolean;
  readonly enableSchemaValidation?: boolean;
  readonly tags: readonly string[];
  readonly policies: readonly string[];
  readonly apiThrottlingPolicy?: string;
  readonly transport: readonly string[];
  readonly securityScheme: readonly string[];
  readonly authorizationHeader: string;
  readonly visibility: string;
  readonly visibleRoles: readonly string[];
  readonly accessControl: string;
  readonly accessControlRoles: readonly string[];
  readonly operations: readonly ApiOperation[];
  readonly apiPolicies?: PolicyFlows;
  readonly scopes: readonly { readonly scope: { readonly name: string; readonly description?: string } }[];
  readonly endpointConfig?: EndpointConfig;
  readonly corsConfiguration: {
    readonly corsConfigurationEnabled: boolean;
    readonly accessControlAllowOrigins: readonly string[];
    readonly accessControlAllowCredentials: boolean;
    readonly accessControlAllowHeaders: readonly string[];
    readonly accessControlAllowMethods: readonly string[];
  };
  readonly maxTps?: { readonly production?: number; readonly sandbox?: number };
  readonly businessInformation: Readonly<Record<string, string | undefined>>;
  readonly lastUpdatedTime: string;
}

export interface Deployment {
  readonly revisionUuid: string;
  readonly name: string;
  readonly vhost: string;
  readonly status: string;
  readonly displayOnDevportal: boolean;
  readonly deployedTime: string;
  readonly liveGatewayCount: number;
  readonly deployedGatewayCount: number;
  readonly failedGatewayCount: number;
}

export interface Revision {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly createdTime: string;
  readonly deploymentInfo: readonly Deployment[];
}

export interface LifecycleState {
  readonly state: string;
  readonly checkItems: readonly { readonly name: string; readonly value: boolean }[];
  readonly availableTransitions: readonly { readonly event: string; readonly targetState: string }[];
}

export interface LifecycleEvent {
  readonly previousState?: string;
  readonly postState: string;
  readonly user: string;
  readonly updatedTime: string;
}

export interface Subscription {
  readonly subscriptionId: string;
  readonly applicationInfo: { readonly applicationId: string; readonly name: string; readonly subscriber: string };
  readonly throttlingPolicy: string;
  readonly subscriptionStatus: string;
}

export interface Policy {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly requestCount: number;
  readonly dataUnit?: string;
  readonly unitTime: number;
  readonly timeUnit?: string;
}

/** A business plan that limits events. */
export interface EventPlan {
  readonly policyName: string;
}

export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly vhosts: readonly { readonly host: string; readonly httpsPort: number; readonly httpContext?: string }[];
}

export interface Settings {
  readonly devportalUrl: string;
  readonly environment: readonly Environment[];
  readonly defaultSubscriptionPolicy: string;
}

export interface DefinitionCheck {
  readonly isValid: boolean;
  readonly errors?: readonly { readonly code: string; readonly message: string; readonly description: string }[];
  readonly info?: {
    readonly name?: string;
    readonly version?: string;
    readonly context?: string;
    readonly description?: string;
    readonly openAPIVersion?: string;
    readonly endpoints?: readonly string[];
  };
}

export const documentTypes = [
  'HOWTO',
  'SAMPLES',
  'PUBLIC_FORUM',
  'SUPPORT_FORUM',
  'API_MESSAGE_FORMAT',
  'SWAGGER_DOC',
  'OTHER',
] as const;
export const documentSources = ['MARKDOWN', 'INLINE', 'URL', 'FILE'] as const;
export const documentVisibilities = ['API_LEVEL', 'PRIVATE', 'OWNER_ONLY'] as const;

export interface DocumentInput {
  readonly name: string;
  readonly type: (typeof documentTypes)[number];
  readonly otherTypeName?: string;
  readonly summary?: string;
  readonly sourceType: (typeof documentSources)[number];
  readonly sourceUrl?: string;
  readonly visibility: (typeof documentVisibilities)[number];
  readonly inlineContent?: string;
}

export interface ApiDocument extends DocumentInput {
  readonly documentId: string;
  readonly fileName?: string;
  readonly lastUpdatedTime: string;
  readonly lastUpdatedBy: string;
}
