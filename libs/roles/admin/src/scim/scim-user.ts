import { parseInput } from '@tollgate/http';
import type { UserChanges, UserView } from '@tollgate/identity/server';
import { z } from 'zod';
import { ScimRequestError } from './scim-error.js';
import type { PatchOperation } from './scim-patch.js';

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const email = z
  .string()
  .max(255)
  .regex(/^[^\s@]+@[^\s@]+$/, 'This is no e-mail address.');
/** Clients write an address as a plain text or as an object. */
const emailEntry = z.union([email, z.object({ value: email, primary: z.boolean().optional() })]);
const truth = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const names = z.object({ givenName: z.string().max(255).optional(), familyName: z.string().max(255).optional() });

/** Every attribute is optional here: what a PATCH may carry, and the common part of POST and PUT. */
export const userAttributes = z.object({
  password: z.string().optional(),
  name: names.optional(),
  emails: z.array(emailEntry).max(20).optional(),
  active: truth.optional(),
});
type UserAttributes = z.infer<typeof userAttributes>;

export const newUserBody = userAttributes.extend({
  userName: z.string().transform(withoutStore),
  password: z.string(),
});
export type NewUserBody = z.infer<typeof newUserBody>;

export const userBody = userAttributes.extend({ userName: z.string().transform(withoutStore) });
export type UserBody = z.infer<typeof userBody>;

/** There is one user store; its names in front of a user name mean nothing. */
function withoutStore(name: string): string {
  return name.replace(/^(?:PRIMARY|DEFAULT)\//, '');
}

/** What changes about a user; attributes that are absent stay. */
export function changesOf(attributes: UserAttributes): UserChanges {
  const { password, name, emails, active } = attributes;
  return {
    ...(password === undefined ? {} : { password }),
    ...(name?.givenName === undefined ? {} : { givenName: name.givenName }),
    ...(name?.familyName === undefined ? {} : { familyName: name.familyName }),
    ...(emails === undefined ? {} : { email: primaryEmail(emails) }),
    ...(active === undefined ? {} : { status: active ? 'ACTIVE' : 'DISABLED' }),
  };
}

function primaryEmail(emails: readonly z.infer<typeof emailEntry>[]): string {
  const entries = emails.map((entry) => (typeof entry === 'string' ? { value: entry, primary: false } : entry));
  return (entries.find((entry) => entry.primary) ?? entries[0])?.value ?? '';
}

const patchable: ReadonlyMap<string, (value: unknown) => object> = new Map<string, (value: unknown) => object>([
  ['active', (value) => ({ active: value })],
  ['password', (value) => ({ password: value })],
  ['emails', (value) => ({ emails: Array.isArray(value) ? value : [value] })],
  ['name', (value) => ({ name: value })],
  ['name.givenname', (value) => ({ name: { givenName: value } })],
  ['name.familyname', (value) => ({ name: { familyName: value } })],
]);

/** @throws ScimRequestError for a path that a user does not have, InvalidInputError for a bad value */
export function changesOfPatch(operations: readonly PatchOperation[]): UserChanges {
  return Object.assign({}, ...operations.map(changesOfOperation)) as UserChanges;
}

function changesOfOperation({ op, path, value }: PatchOperation): UserChanges {
  if (path === undefined && op === 'remove') throw new ScimRequestError('invalidPath', 'Say in "path" what to remove.');
  if (path === undefined) return changesOf(parseInput(userAttributes, value, 'value'));
  const attribute = path.replace(`${userSchema}:`, '').toLowerCase();
  const toBody = patchable.get(attribute);
  if (!toBody) throw new ScimRequestError('invalidPath', `One can change: ${[...patchable.keys()].join(', ')}.`);
  if (op !== 'remove') return changesOf(parseInput(userAttributes, toBody(value), 'value'));
  return removed(attribute);
}

function removed(attribute: string): UserChanges {
  if (attribute === 'emails') return { email: '' };
  if (attribute === 'name.givenname') return { givenName: '' };
  if (attribute === 'name.familyname') return { familyName: '' };
  if (attribute === 'name') return { givenName: '', familyName: '' };
  throw new ScimRequestError('mutability', 'A user always has this attribute.');
}

/** A user as SCIM shows it. @param base `/scim2` or `/t/{tenant}/scim2` */
export function scimUser(user: UserView, base: string, roleIds: ReadonlyMap<string, string>): object {
  const { givenName, familyName } = user;
  return {
    schemas: [userSchema],
    id: user.uuid,
    userName: user.userName,
    name: { ...(givenName ? { givenName } : {}), ...(familyName ? { familyName } : {}) },
    ...(user.email ? { emails: [{ value: user.email, primary: true }] } : {}),
    active: user.status === 'ACTIVE',
    roles: user.roles.map((role) => ({
      value: roleIds.get(role),
      display: role,
      $ref: `${base}/v2/Roles/${roleIds.get(role)}`,
    })),
    meta: {
      resourceType: 'User',
      location: `${base}/Users/${user.uuid}`,
      created: new Date(user.createdAt).toISOString(),
      lastModified: new Date(user.updatedAt).toISOString(),
      version: `W/"${user.updatedAt}"`,
    },
  };
}
