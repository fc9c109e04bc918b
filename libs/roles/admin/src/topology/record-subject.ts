import {
  customRuleRecordSchema,
  denyConditionRecordSchema,
  throttlePolicyRecordSchema,
  type DenyConditionRecord,
  type PolicyLevel,
} from '@tollgate/throttling/contract';

/** What people call a record that nodes hold. */
export interface RecordSubject {
  /** `Gold`, the name of a rule, `IP not 10.0.0.1`. */
  readonly name: string;
  /** Of policies. */
  readonly policyLevel?: PolicyLevel;
  /** Of deny conditions, as the contract has them. */
  readonly conditionType?: DenyConditionRecord['type'];
  readonly conditionValue?: DenyConditionRecord['value'];
}

/** @param value of the record as gateways get it */
export function subjectOf(kind: string, value: unknown): RecordSubject {
  switch (kind) {
    case 'custom-rule':
      return { name: customRuleRecordSchema.parse(value).name };
    case 'deny-condition': {
      const { type, value: whom } = denyConditionRecordSchema.parse(value);
      return { name: `${type} ${inWords(whom)}`, conditionType: type, conditionValue: whom };
    }
    default: {
      const { name, level } = throttlePolicyRecordSchema.parse(value);
      return { name, policyLevel: level };
    }
  }
}

function inWords(value: DenyConditionRecord['value']): string {
  if (typeof value === 'string') return value;
  const addresses = 'fixedIp' in value ? value.fixedIp : `${value.startingIp} to ${value.endingIp}`;
  return value.invert ? `not ${addresses}` : addresses;
}
