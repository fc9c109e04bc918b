import { parseInput } from '@tollgate/http';
import { z } from 'zod';
import { ScimRequestError } from './scim-error.js';
import type { PatchOperation } from './scim-patch.js';

/** Roles in their two versions and groups are views of the same thing: they differ in names only. */
export interface RoleView {
  readonly path: 'Roles' | 'v2/Roles' | 'Groups';
  readonly schema: string;
  readonly resourceType: 'Role' | 'Group';
  readonly membersKey: 'users' | 'members';
}

export const roleViews = {
  roles: {
    path: 'Roles',
    schema: 'urn:ietf:params:scim:schemas:extension:2.0:Role',
    resourceType: 'Role',
    membersKey: 'users',
  },
  rolesV2: {
    path: 'v2/Roles',
    schema: 'urn:ietf:params:scim:schemas:extension:2.0:Role',
    resourceType: 'Role',
    membersKey: 'users',
  },
  groups: {
    path: 'Groups',
    schema: 'urn:ietf:params:scim:schemas:core:2.0:Group',
    resourceType: 'Group',
    membersKey: 'members',
  },
} as const satisfies Record<string, RoleView>;

const member = z.object({ value: z.string().max(64) });
const members = z.array(member).max(1000);

export const newRoleBody = z.object({
  displayName: z.string(),
  users: members.optional(),
  members: members.optional(),
});
export type NewRoleBody = z.infer<typeof newRoleBody>;

export interface MemberChange {
  readonly op: PatchOperation['op'];
  /** User ids. Null with `remove`: everybody. */
  readonly ids: readonly string[] | null;
}

const memberPath = /^(?:users|members)(?:\[\s*value\s+eq\s+"?([\w-]+)"?\s*\])?$/i;

/** @throws ScimRequestError for anything but users, InvalidInputError for bad values */
export function memberChange({ op, path, value }: PatchOperation): MemberChange {
  if (path === undefined) {
    const { users, members: own } = parseInput(
      z.object({ users: members.optional(), members: members.optional() }),
      value,
      'value',
    );
    return { op, ids: [...(users ?? []), ...(own ?? [])].map((entry) => entry.value) };
  }
  const match = memberPath.exec(path);
  if (!match) throw new ScimRequestError('invalidPath', 'One can change the users of a role.');
  if (match[1] !== undefined) return { op, ids: [match[1]] };
  if (value === undefined) return { op, ids: op === 'remove' ? null : [] };
  const list = parseInput(members, Array.isArray(value) ? value : [value], 'value');
  return { op, ids: list.map((entry) => entry.value) };
}
