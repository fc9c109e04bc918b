export { endpointCertificateRecordSchema } from './endpoint-certificate-record.js';
export type { EndpointCertificateRecord } from './endpoint-certificate-record.js';
export {
  balancingOrders,
  balancingRecordSchema,
  breakerRecordSchema,
  endpointRecordSchema,
  endpointRulesSchema,
  endpointSecretPurpose,
  endpointSecurityRecordSchema,
  hashSources,
  healthCheckRecordSchema,
  sealedSecretSchema,
} from './endpoint-record.js';
export type {
  BalancingRecord,
  BreakerRecord,
  EndpointRecord,
  EndpointRules,
  EndpointSecurityRecord,
  HealthCheckRecord,
  SealedSecret,
} from './endpoint-record.js';
export {
  apiRecordSchema,
  apiTypes,
  authTypes,
  corsRecordSchema,
  deploymentRecordSchema,
  httpVerbs,
  lifecycleStates,
  operationRecordSchema,
  topicVerbs,
} from './record.js';
export type { ApiRecord, ApiType, DeploymentRecord, LifecycleState, OperationRecord } from './record.js';
export { isPolicyName, operationPolicies, policyNames, policySpecification } from './operation-policy/catalogue.js';
export type { ParametersOf, PolicyName, PolicyValue } from './operation-policy/catalogue.js';
export { isPatch, tokensOf } from './operation-policy/json-patch.js';
export type { PatchOperation } from './operation-policy/json-patch.js';
export { policyFlowsSchema, policyUseSchema } from './operation-policy/policy-use.js';
export type { CarriedPolicyName, PolicyFlows, PolicyUse } from './operation-policy/policy-use.js';
export { maxMediatedBytes, maxTextCharacters, policyFlows, policyVersion } from './operation-policy/specification.js';
export type {
  PolicyAttribute,
  PolicyAttributeType,
  PolicyFlow,
  PolicySpecification,
} from './operation-policy/specification.js';
export { gatewayRequestHeaders, hopByHopHeaders, isReservedHeader } from './operation-policy/reserved-headers.js';
export { messageSchemasSchema, sharedSchemasSchema } from './message-schemas.js';
export type { MessageSchemas, SharedSchemas } from './message-schemas.js';
