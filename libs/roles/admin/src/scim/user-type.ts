import type { Attribute, ResourceType, Schema } from './protocol/schema.js';

const text = (name: string, description: string, more: Partial<Attribute> = {}): Attribute => ({
  name,
  type: 'string',
  description,
  ...more,
});

const valueParts = (what: string): readonly Attribute[] => [
  text('value', `The ${what}.`),
  text('type', 'What it is for: work, home.'),
  text('display', 'Text to show.'),
  { name: 'primary', type: 'boolean', description: 'The one to use; at most one is.' },
];

const memberships = (name: string, description: string): Attribute => ({
  name,
  type: 'complex',
  multiValued: true,
  mutability: 'readOnly',
  description,
  subAttributes: [
    text('value', 'Id of the role.', { mutability: 'readOnly', caseExact: true }),
    text('display', 'Name of the role.', { mutability: 'readOnly', caseExact: true }),
    { name: '$ref', type: 'reference', mutability: 'readOnly', caseExact: true, description: 'Path of the role.' },
  ],
});

/** Attributes with one text that are kept as they come. */
export const profileTexts = [
  'externalId',
  'displayName',
  'nickName',
  'title',
  'userType',
  'preferredLanguage',
  'locale',
  'timezone',
] as const;

const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A person or program of an organization',
  attributes: [
    text('userName', 'Unique in the organization, byte for byte; it stays.', {
      required: true,
      caseExact: true,
      mutability: 'immutable',
      uniqueness: 'server',
    }),
    text('externalId', 'Id in the system of the client.', { caseExact: true }),
    {
      name: 'name',
      type: 'complex',
      description: 'Parts of the name.',
      subAttributes: [text('givenName', 'First name.'), text('familyName', 'Last name.')],
    },
    ...profileTexts.slice(1).map((name) => text(name, 'Kept as it is given.')),
    {
      name: 'emails',
      type: 'complex',
      multiValued: true,
      description: 'Mail addresses; mail goes to the primary one, else to the first.',
      subAttributes: valueParts('address'),
    },
    {
      name: 'phoneNumbers',
      type: 'complex',
      multiValued: true,
      description: 'Numbers, kept as they are given.',
      subAttributes: valueParts('number'),
    },
    { name: 'active', type: 'boolean', description: 'May sign in. What was given to the user ends with it.' },
    text('password', 'Never shown.', { mutability: 'writeOnly', returned: 'never', caseExact: true }),
    memberships('roles', 'Roles that the user holds; changed at the role.'),
    memberships('groups', 'The same under the name of the core schema.'),
  ],
};

export const accountExtension = 'urn:scim:wso2:schema';

const accountSchema: Schema = {
  id: accountExtension,
  name: 'Account',
  description: 'State of the account',
  attributes: [
    {
      name: 'accountLocked',
      type: 'boolean',
      description: 'Locked by an administrator; false opens it and ends the waits after failed sign-ins.',
    },
    text('accountState', 'ACTIVE, LOCKED, DISABLED or PENDING (waits for approval).', { mutability: 'readOnly' }),
  ],
};

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: userSchema.description,
  schema: userSchema,
  extensions: [accountSchema],
};
