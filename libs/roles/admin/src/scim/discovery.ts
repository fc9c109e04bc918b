import { ForbiddenError, NotFoundError } from '@tollgate/base';
import { commonAttributes, type Attribute, type ResourceType, type Schema } from './protocol/schema.js';
import { maxBulkOperations } from './bulk-body.js';
import { roleViews } from './role-type.js';
import { listResponse, maxResults } from './scim-list.js';
import { userType } from './user-type.js';

export const resourceTypes: readonly ResourceType[] = [userType, roleViews.groups.type, roleViews.rolesV2.type];

/** RFC 7643 section 5. @param maxPayloadSize largest body, in bytes */
export function serviceProviderConfig(base: string, maxPayloadSize: number): object {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: maxBulkOperations, maxPayloadSize },
    filter: { supported: true, maxResults },
    changePassword: { supported: true },
    sort: { supported: true },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'httpbasic',
        name: 'HTTP Basic',
        description: 'Name and password of an administrator',
        specUri: 'https://www.rfc-editor.org/info/rfc7617',
        primary: true,
      },
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description: 'A token with the scope apim:admin',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

export function resourceTypeList(base: string): object {
  return listOf(resourceTypes.map((type) => resourceTypeBody(type, base)));
}

/** @throws NotFoundError */
export function resourceTypeNamed(name: string, base: string): object {
  const found = resourceTypes.find((type) => type.name === name);
  if (!found) throw new NotFoundError('Resource type', name);
  return resourceTypeBody(found, base);
}

export function schemaList(base: string): object {
  return listOf(allSchemas().map((schema) => schemaBody(schema, base)));
}

/** @throws NotFoundError */
export function schemaNamed(id: string, base: string): object {
  const found = allSchemas().find((schema) => schema.id === id);
  if (!found) throw new NotFoundError('Schema', id);
  return schemaBody(found, base);
}

/** RFC 7644 section 4: these lists are not searched. @throws ForbiddenError */
export function refuseFilter(filter: string | undefined): void {
  if (filter !== undefined)
    throw new ForbiddenError('SCIM_NO_FILTER', 'This list takes no filter.', 'Ask for the whole list.');
}

function listOf(resources: readonly Record<string, unknown>[]): object {
  return listResponse(resources, resources.length, { startIndex: 1 });
}

function allSchemas(): Schema[] {
  return resourceTypes.flatMap((type) => [type.schema, ...type.extensions]);
}

function resourceTypeBody(type: ResourceType, base: string): Record<string, unknown> {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: type.name,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map((schema) => ({ schema: schema.id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${type.name}` },
  };
}

function schemaBody(schema: Schema, base: string): Record<string, unknown> {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.filter((attribute) => !commonAttributes.includes(attribute)).map(attributeBody),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
  };
}

/** With every characteristic said, as RFC 7643 section 7 lists them. */
function attributeBody(attribute: Attribute): object {
  const { type, referenceTypes, subAttributes } = attribute;
  return {
    name: attribute.name,
    type,
    multiValued: attribute.multiValued ?? false,
    description: attribute.description,
    required: attribute.required ?? false,
    ...(type === 'string' || type === 'reference' ? { caseExact: attribute.caseExact ?? false } : {}),
    mutability: attribute.mutability ?? 'readWrite',
    returned: attribute.returned ?? 'default',
    ...(type === 'complex' ? {} : { uniqueness: attribute.uniqueness ?? 'none' }),
    ...(type === 'reference' ? { referenceTypes: referenceTypes ?? ['uri'] } : {}),
    ...(subAttributes ? { subAttributes: subAttributes.map(attributeBody) } : {}),
  };
}
