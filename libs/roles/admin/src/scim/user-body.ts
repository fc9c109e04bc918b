import { z } from 'zod';
import type { NewUser, UserChanges, UserView } from '@tollgate/identity/server';
import { parseInput } from '@tollgate/http';
import { canonical } from './protocol/canonical.js';
import type { Resource } from './protocol/schema.js';
import { ScimRequestError } from './scim-error.js';
import { accountExtension, profileTexts, userType } from './user-type.js';

const address = z
  .string()
  .max(255)
  .regex(/^[^\s@]+@[^\s@]+$/, 'This is no e-mail address.');
const truth = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const parts = {
  type: z.string().max(100).optional(),
  display: z.string().max(255).optional(),
  primary: truth.optional(),
};
const oneText = z.string().max(1024).optional();

const userBody = z.object({
  userName: z.string().transform(withoutStore),
  password: z.string().optional(),
  name: z.object({ givenName: z.string().max(255).optional(), familyName: z.string().max(255).optional() }).optional(),
  emails: z
    .array(z.object({ value: address, ...parts }))
    .max(20)
    .refine(onePrimary, 'At most one is primary.')
    .optional(),
  phoneNumbers: z
    .array(z.object({ value: z.string().max(255), ...parts }))
    .max(20)
    .refine(onePrimary, 'At most one is primary.')
    .optional(),
  active: truth.optional(),
  ...(Object.fromEntries(profileTexts.map((name) => [name, oneText])) as Record<
    (typeof profileTexts)[number],
    typeof oneText
  >),
  [accountExtension]: z.object({ accountLocked: truth.optional() }).optional(),
});
export type UserBody = z.infer<typeof userBody>;

function onePrimary(values: readonly { primary?: boolean | undefined }[]): boolean {
  return values.filter((value) => value.primary).length <= 1;
}

/** There is one user store; its names in front of a user name mean nothing. */
export function withoutStore(name: string): string {
  return name.replace(/^(?:PRIMARY|DEFAULT)\//i, '');
}

/** @throws InvalidInputError naming each attribute that is wrong */
export function readUser(given: Resource): UserBody {
  return parseInput(userBody, canonical(given, userType), 'body');
}

/** @throws ScimRequestError without a password */
export function newUserOf(body: UserBody): NewUser {
  if (body.password === undefined) throw new ScimRequestError('invalidValue', 'password: A new user needs a password.');
  const { email, givenName, familyName, profile } = columnsOf(body);
  return {
    userName: body.userName,
    password: body.password,
    email,
    givenName,
    familyName,
    profile,
    active: body.active ?? true,
  };
}

/** A whole user as it shall be: what is not named is emptied, except password and state. */
export function changesOf(before: UserView, body: UserBody): UserChanges {
  if (body.userName !== before.userName) throw new ScimRequestError('mutability', 'A user name cannot be changed.');
  const status = statusOf(before, body);
  return {
    ...columnsOf(body),
    ...(body.password === undefined ? {} : { password: body.password }),
    ...(status === before.status ? {} : { status }),
  };
}

function columnsOf({ name, emails, phoneNumbers, ...body }: UserBody) {
  const texts = profileTexts.flatMap((key) =>
    body[key] === undefined || body[key] === '' ? [] : [[key, body[key]] as const],
  );
  const profile = {
    ...Object.fromEntries(texts),
    ...(emails && emails.length > 0 ? { emails } : {}),
    ...(phoneNumbers && phoneNumbers.length > 0 ? { phoneNumbers } : {}),
  };
  const email = (emails?.find((entry) => entry.primary) ?? emails?.[0])?.value ?? '';
  return { email, givenName: name?.givenName ?? '', familyName: name?.familyName ?? '', profile };
}

/** The lock and the switch are two views of one state: the one that changes decides. */
function statusOf(before: UserView, body: UserBody): UserView['status'] {
  const locked = body[accountExtension]?.accountLocked;
  if (locked !== undefined && locked !== (before.status === 'LOCKED')) return locked ? 'LOCKED' : 'ACTIVE';
  if (body.active !== undefined && body.active !== (before.status === 'ACTIVE'))
    return body.active ? 'ACTIVE' : 'DISABLED';
  return before.status;
}
