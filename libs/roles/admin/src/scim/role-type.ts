import type { ResourceType, Schema } from './protocol/schema.js';

/** Roles in their two versions and groups are views of the same thing: they differ in names only. */
export interface RoleView {
  readonly path: 'Roles' | 'v2/Roles' | 'Groups';
  readonly membersKey: 'users' | 'members';
  readonly type: ResourceType;
}

function schemaOf(id: string, name: string, membersKey: string): Schema {
  return {
    id,
    name,
    description: 'A name that users hold and that gives scopes',
    attributes: [
      {
        name: 'displayName',
        type: 'string',
        description: 'Unique in the organization, byte for byte; it stays.',
        required: true,
        caseExact: true,
        mutability: 'immutable',
        uniqueness: 'server',
      },
      {
        name: membersKey,
        type: 'complex',
        multiValued: true,
        description: 'Users who hold it. Internal/everyone is held by all and lists nobody.',
        subAttributes: [
          { name: 'value', type: 'string', caseExact: true, description: 'Id of the user.' },
          { name: 'display', type: 'string', caseExact: true, mutability: 'readOnly', description: 'Its user name.' },
          {
            name: '$ref',
            type: 'reference',
            referenceTypes: ['User'],
            caseExact: true,
            mutability: 'readOnly',
            description: 'Its path.',
          },
        ],
      },
    ],
  };
}

function typeOf(name: string, path: RoleView['path'], schema: Schema): ResourceType {
  return { name, endpoint: `/${path}`, description: schema.description, schema, extensions: [] };
}

const roleSchema = schemaOf('urn:ietf:params:scim:schemas:extension:2.0:Role', 'Role', 'users');
const groupSchema = schemaOf('urn:ietf:params:scim:schemas:core:2.0:Group', 'Group', 'members');

export const roleViews = {
  roles: { path: 'Roles', membersKey: 'users', type: typeOf('Role', 'Roles', roleSchema) },
  rolesV2: { path: 'v2/Roles', membersKey: 'users', type: typeOf('Role', 'v2/Roles', roleSchema) },
  groups: { path: 'Groups', membersKey: 'members', type: typeOf('Group', 'Groups', groupSchema) },
} as const satisfies Record<string, RoleView>;
