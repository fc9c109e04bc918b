import { policySpecification, policyVersion, type PolicyName } from '@tollgate/api/contract';
import { policyDigest, policyId, type AttachedFlows, type AttachedPolicy } from '@tollgate/api/domain';
import type { OperationPolicyAnswer } from '../schemas/operation-policy.js';

export function operationPolicyAnswer(name: PolicyName): OperationPolicyAnswer {
  const { displayName, description, applicableFlows, attributes } = policySpecification(name);
  return {
    category: 'Mediation',
    id: policyId(name),
    name,
    version: policyVersion,
    displayName,
    description,
    applicableFlows: [...applicableFlows],
    supportedGateways: ['Synapse'], // the contract's name for the product's own gateway
    supportedApiTypes: [{ apiType: 'HTTP' }],
    isAPISpecific: false,
    md5: policyDigest(name),
    policyAttributes: attributes.map(({ allowedValues, ...attribute }) => ({
      ...attribute,
      ...(allowedValues ? { allowedValues: [...allowedValues] } : {}),
    })),
  };
}

const none: AttachedFlows = { request: [], response: [], fault: [] };

/** `APIOperationPolicies` of the contract. */
export function attachedPolicies(flows: AttachedFlows = none): object {
  return { request: flows.request.map(shown), response: flows.response.map(shown), fault: flows.fault.map(shown) };
}

function shown({ policyName, policyVersion: version, parameters }: AttachedPolicy): object {
  return {
    policyName,
    policyVersion: version,
    policyType: 'common',
    policyId: policyId(policyName as PolicyName),
    parameters,
  };
}
