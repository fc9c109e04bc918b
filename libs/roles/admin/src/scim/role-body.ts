import { parseInput } from '@tollgate/http';
import { z } from 'zod';
import { canonical } from './protocol/canonical.js';
import { isObject, type Resource } from './protocol/schema.js';
import type { RoleView } from './role-type.js';
import { ScimRequestError } from './scim-error.js';

const members = z
  .array(z.object({ value: z.string().max(64) }))
  .max(100_000)
  .default([]);
const roleBody = z.object({ displayName: z.string(), users: members, members });

export interface RoleBody {
  readonly displayName: string;
  readonly memberIds: readonly string[];
}

/** @throws InvalidInputError naming each attribute that is wrong */
export function readRole(given: Resource, view: RoleView): RoleBody {
  const body = parseInput(roleBody, canonical(given, view.type), 'body');
  return { displayName: body.displayName, memberIds: [...new Set(body[view.membersKey].map(({ value }) => value))] };
}

/** Clients call the members of a role users and members: both mean what the view calls them. */
export function withMembersKey(given: unknown, view: RoleView): Resource {
  if (!isObject(given)) throw new ScimRequestError('invalidValue', 'This is no object of attributes.');
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [/^(?:users|members)$/i.test(name) ? view.membersKey : name, value]),
  );
}
