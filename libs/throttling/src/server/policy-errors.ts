import { ConflictError, ForbiddenError } from '@tollgate/base';
import { unlimitedPolicy, type PolicyLevel } from '../contract/index.js';

/** 409: the organization has a policy of this level and name. */
export class PolicyExistsError extends ConflictError {
  constructor(level: PolicyLevel, name: string) {
    super(
      'THROTTLE_POLICY_EXISTS',
      `There is a policy "${name}" of the level ${level} already.`,
      'Choose another name.',
    );
  }
}

/** 403, as the contract has it: somebody relies on the policy. */
export class PolicyInUseError extends ForbiddenError {
  /** @param users for example `3 subscriptions` */
  constructor(name: string, users: string) {
    super(
      'THROTTLE_POLICY_IN_USE',
      `Policy "${name}" is used by ${users}.`,
      'Move them to another policy, then delete this one.',
    );
  }
}

/** 403: the product itself needs the policy as it is. */
export class FixedPolicyError extends ForbiddenError {
  constructor(name: string) {
    const action =
      name === unlimitedPolicy ? 'Make a policy of your own with the limit you need.' : 'Change its limit instead.';
    super('THROTTLE_POLICY_FIXED', `The policy "${name}" belongs to the product and stays.`, action);
  }
}
