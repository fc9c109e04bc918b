/** Flows of a message: to the back end, from it, and an answer of the gateway's own to what went wrong. */
export const policyFlows = ['request', 'response', 'fault'] as const;
export type PolicyFlow = (typeof policyFlows)[number];

export type PolicyAttributeType = 'String' | 'Text' | 'Integer' | 'Boolean' | 'Enum';

/** One setting of a policy (publisher contract, `OperationPolicySpecAttribute`). */
export interface PolicyAttribute {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  /** `Text` is a String of several lines. */
  readonly type: PolicyAttributeType;
  /** One that is neither required nor has a default is empty when it is absent. */
  readonly required: boolean;
  readonly defaultValue?: string;
  /** Of an Enum. */
  readonly allowedValues?: readonly string[];
  /** What texts and numbers have to match, as a whole. */
  readonly validationRegex?: string;
}

/** What a policy is, for whoever chooses it (publisher contract, `OperationPolicyData`). */
export interface PolicySpecification {
  readonly displayName: string;
  readonly description: string;
  readonly applicableFlows: readonly PolicyFlow[];
  readonly attributes: readonly PolicyAttribute[];
}

/** The only version of each policy so far. */
export const policyVersion = 'v1';

/** Bodies that policies read or change are held whole, up to so many bytes; longer ones are refused. */
export const maxMediatedBytes = 1_048_576;

/** Characters of a `Text`. */
export const maxTextCharacters = 32_768;
