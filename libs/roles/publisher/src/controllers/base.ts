import type { FastifyReply, FastifyRequest } from 'fastify';

/** The contract's prefix first; without version it means the current one. */
export const publisherBase: [string, string] = ['/api/am/publisher/v4', '/api/am/publisher'];

/** Who may do what, as the contract lists it. Any one of a list is enough. */
export const scopes = {
  list: ['apim:api_view', 'apim:api_manage', 'apim:api_import_export', 'apim:api_list_view'],
  view: ['apim:api_view', 'apim:api_manage', 'apim:api_import_export', 'apim:api_product_import_export'],
  create: ['apim:api_create', 'apim:api_manage'],
  change: ['apim:api_create', 'apim:api_manage', 'apim:api_publish'],
  /** Of those who may change an API: who may change every part of it. */
  changeAll: ['apim:api_create', 'apim:api_manage', 'apim:api_import_export'],
  delete: ['apim:api_delete', 'apim:api_manage', 'apim:api_import_export'],
  viewDefinition: ['apim:api_view', 'apim:api_manage', 'apim:api_definition_view'],
  viewRevisions: ['apim:api_view', 'apim:api_create', 'apim:api_manage', 'apim:api_publish', 'apim:api_import_export'],
  revise: ['apim:api_create', 'apim:api_manage', 'apim:api_publish', 'apim:api_import_export'],
  changeLifecycle: ['apim:api_publish', 'apim:api_manage', 'apim:api_import_export'],
  viewLifecycle: ['apim:api_view', 'apim:api_publish', 'apim:api_create', 'apim:api_manage'],
  generateKey: ['apim:api_generate_key', 'apim:api_manage'],
  viewSubscriptions: ['apim:api_view', 'apim:subscription_view', 'apim:subscription_manage'],
  blockSubscription: ['apim:subscription_block', 'apim:subscription_manage'],
  manageSubscription: ['apim:subscription_manage'],
  viewPolicies: ['apim:api_view', 'apim:tier_view', 'apim:tier_manage'],
  viewOperationPolicies: [
    'apim:common_operation_policy_view',
    'apim:common_operation_policy_manage',
    'apim:policies_import_export',
  ],
  readOperationPolicy: ['apim:common_operation_policy_view', 'apim:common_operation_policy_manage'],
  viewApiOperationPolicies: [
    'apim:api_view',
    'apim:api_manage',
    'apim:mediation_policy_view',
    'apim:mediation_policy_manage',
    'apim:api_mediation_policy_manage',
  ],
  viewDocuments: ['apim:api_view', 'apim:api_manage', 'apim:document_manage'],
  addDocuments: ['apim:api_create', 'apim:api_manage', 'apim:document_create', 'apim:document_manage'],
  changeDocuments: ['apim:api_create', 'apim:api_manage', 'apim:document_manage'],
  viewComments: ['apim:api_view', 'apim:comment_view', 'apim:comment_manage'],
  writeComments: ['apim:comment_write', 'apim:comment_manage'],
  /** With `apim:admin` those of others too, as the developer portal's contract has it. */
  deleteComments: ['apim:comment_write', 'apim:comment_manage', 'apim:admin'],
  viewClientCertificates: [
    'apim:api_view',
    'apim:api_manage',
    'apim:client_certificates_view',
    'apim:client_certificates_manage',
  ],
  addClientCertificates: [
    'apim:api_create',
    'apim:api_manage',
    'apim:client_certificates_add',
    'apim:client_certificates_manage',
  ],
  changeClientCertificates: [
    'apim:api_create',
    'apim:api_manage',
    'apim:client_certificates_update',
    'apim:client_certificates_manage',
  ],
  viewEndpointCertificates: [
    'apim:api_view',
    'apim:api_manage',
    'apim:ep_certificates_view',
    'apim:ep_certificates_manage',
  ],
  addEndpointCertificates: [
    'apim:api_create',
    'apim:api_manage',
    'apim:ep_certificates_add',
    'apim:ep_certificates_manage',
  ],
  changeEndpointCertificates: [
    'apim:api_create',
    'apim:api_manage',
    'apim:ep_certificates_update',
    'apim:ep_certificates_manage',
  ],
  settings: ['apim:api_view', 'apim:publisher_settings'],
} as const;

/** Says which version was answered (for `If-Match`) and, for a new thing, where it is. */
export function tellVersion(reply: FastifyReply, rowVersion: number, location?: string): void {
  void reply.header('etag', `"${rowVersion}"`);
  if (location !== undefined) void reply.header('location', `${publisherBase[0]}${location}`);
}

/** True when the caller has this version already: then the answer is 304 without a body. */
export function callerHas(request: FastifyRequest, reply: FastifyReply, rowVersion: number): boolean {
  tellVersion(reply, rowVersion);
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (!known.includes(`"${rowVersion}"`)) return false;
  void reply.status(304);
  return true;
}
