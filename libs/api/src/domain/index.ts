export { apiBodySchema, defaultCors } from './api-body.js';
export type { ApiBody, ApiInput, ApiScope, StoredOperation } from './api-body.js';
export { basePathOf, identityProblems, normalizeContext, tenantPrefix, versionProblems } from './api-identity.js';
export type { ApiIdentity } from './api-identity.js';
export { bodyProblems, changeOnly, completeBody } from './api-rules.js';
export { asyncContentOf } from './asyncapi/import-async-definition.js';
export type { AsyncContent } from './asyncapi/import-async-definition.js';
export { describeTopics, operationsOfTopics, topicModes } from './asyncapi/topics.js';
export type { Topic } from './asyncapi/topics.js';
export { readAsyncDefinition } from './asyncapi/read-async-definition.js';
export { alignDefinitionOf, generateDefinitionOf, isOfTopics } from './definition.js';
export { calledHosts, endpointProblems, planEndpoints } from './endpoint-config.js';
export type { EndpointPlan } from './endpoint-config.js';
export {
  deprecateOldVersions,
  displayState,
  lifecycleActions,
  nextState,
  readChecklist,
  transitionsFrom,
} from './lifecycle.js';
export type { LifecycleAction, PublishChecklist, Transition } from './lifecycle.js';
export { InvalidDefinitionError } from './openapi/definition-problem.js';
export type { DefinitionProblem } from './openapi/definition-problem.js';
export { contentOf, followDefinition } from './openapi/import-definition.js';
export type { DefinitionContent } from './openapi/import-definition.js';
export { messageSchemasOf, sharedSchemasOf } from './openapi/message-schemas.js';
export { openApiVersions, readDefinition } from './openapi/validate-definition.js';
export type { OpenApiDefinition, OpenApiVersion } from './openapi/validate-definition.js';
export { defaultOperations, operationKey } from './operation.js';
export { planApi, planDeployment } from './plan-deployment.js';
export type { ApiFacts } from './plan-deployment.js';
export { anywhere, parseSearch, searchFields } from './search.js';
export type { SearchField, SearchTerm } from './search.js';
export { everyKeyManager, onlyThese } from './supported-values.js';
export { hideEndpointSecrets, sealEndpointSecrets } from './endpoint-security.js';
export { mostClientCertificates, readClientCertificate } from './client-certificate.js';
export type { ClientCertificate } from './client-certificate.js';
export { readCertificate, requireAlias } from './certificate.js';
export type { Certificate } from './certificate.js';
export { hostOfEndpoint } from './endpoint-host.js';
export {
  documentNameProblems,
  documentProblems,
  documentSources,
  documentTypes,
  documentVisibilities,
  isText,
  mostDocuments,
} from './document.js';
export type { DocumentInput, DocumentSource, DocumentType, DocumentVisibility } from './document.js';
export { policyDigest, policyId, policyOfId } from './operation-policy/policy-id.js';
export type { AttachedFlows, AttachedPolicy } from './operation-policy/policy-input.js';
export { exampleProblems } from './operation-policy/example-problems.js';
export { commentProblems, entryPoints, generalComment, longestComment, longestCommentCategory } from './comment.js';
export type { CommentInput, EntryPoint } from './comment.js';
export { bestRating, ratingProblems } from './rating.js';
