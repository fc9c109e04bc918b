import { providerUrlProblem } from '@tollgate/oauth/domain';
import type { FederatedAccount, IdentityProvider, IdentityProviderInput } from '@tollgate/oauth/server';
import { z } from 'zod';

const address = z
  .string()
  .max(2000, 'At most 2000 characters.')
  .superRefine((text, context) => {
    const problem = text === '' ? null : providerUrlProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: `It ${problem}.` });
  });
const claim = (fallback: string) => z.string().min(1, 'Name a claim.').max(200).default(fallback);
const role = z.string().min(1, 'Name a role.').max(190);

/** What an administrator says about an identity provider. */
export const identityProviderBody = z
  .object({
    name: z
      .string()
      .regex(
        /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
        'Up to 40 of a-z, 0-9 and "-": it is part of the address that the provider sends people back to.',
      ),
    displayName: z.string().max(100, 'At most 100 characters.').default(''),
    enabled: z.boolean().default(true),
    issuer: address.refine((text) => text !== '', 'Give the issuer, exactly as it stands in its ID tokens.'),
    wellKnownEndpoint: address.default(''),
    clientId: z.string().min(1, 'Give the client id that the provider knows us by.').max(500),
    clientSecret: z.string().max(2000).optional(),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,190}$/, 'A scope has no spaces, quotes or backslashes.'))
      .max(50)
      .default(['openid', 'profile', 'email']),
    userNameClaim: claim('preferred_username'),
    emailClaim: claim('email'),
    groupsClaim: claim('groups'),
    roleMappings: z
      .array(z.object({ group: z.string().min(1, 'Name a group.').max(500), role }))
      .max(200)
      .default([]),
    createsUsers: z.boolean().default(false),
    newUserRoles: z.array(role).max(50).default([]),
    trustsSecondFactor: z.boolean().default(false),
  })
  .transform((body) => ({
    ...body,
    wellKnownEndpoint: body.wellKnownEndpoint || `${body.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
  }));
export type IdentityProviderBody = z.output<typeof identityProviderBody>;

const mask = '********';

/** A form that shows the mask sends it back: it changes nothing. */
export function toIdentityProviderInput(body: IdentityProviderBody): IdentityProviderInput {
  const { name, enabled, clientSecret, ...settings } = body;
  return { name, enabled, settings, clientSecret: clientSecret === mask ? undefined : clientSecret };
}

const settingsAnswer = {
  displayName: z.string(),
  issuer: z.string(),
  wellKnownEndpoint: z.string(),
  clientId: z.string(),
  scopes: z.array(z.string()),
  userNameClaim: z.string(),
  emailClaim: z.string(),
  groupsClaim: z.string(),
  roleMappings: z.array(z.object({ group: z.string(), role: z.string() })),
  createsUsers: z.boolean(),
  newUserRoles: z.array(z.string()),
  trustsSecondFactor: z.boolean(),
};

export const identityProviderAnswer = z.object({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  ...settingsAnswer,
  /** Masked; '' for a public client. */
  clientSecret: z.string(),
  /** To be registered at the provider. */
  redirectUri: z.string(),
});
export const identityProviderListAnswer = z.object({ count: z.number().int(), list: z.array(identityProviderAnswer) });

export function identityProviderView(
  { uuid, name, enabled, settings, clientSecretSealed }: IdentityProvider,
  redirectUri: string,
): z.output<typeof identityProviderAnswer> {
  const { scopes, roleMappings, newUserRoles, ...plain } = settings;
  return {
    id: uuid,
    name,
    enabled,
    ...plain,
    scopes: [...scopes],
    roleMappings: roleMappings.map((each) => ({ ...each })),
    newUserRoles: [...newUserRoles],
    clientSecret: clientSecretSealed === null ? '' : mask,
    redirectUri,
  };
}

export const federatedAccountBody = z.object({
  subject: z
    .string()
    .min(1, 'Give the subject (sub) by which the provider knows the person.')
    .max(255)
    .refine((text) => text === text.trim() && !/[\p{Cc}\p{Cf}]/u.test(text), 'A subject has no spaces around it.'),
  userName: z.string().min(1, 'Name the user whose account it is.').max(190),
});
export type FederatedAccountBody = z.output<typeof federatedAccountBody>;

export const federatedAccountAnswer = z.object({
  id: z.string(),
  subject: z.string(),
  userName: z.string(),
  /** The account was made at the first sign-in and follows the provider. */
  provisioned: z.boolean(),
  createdAt: z.string(),
  /** Null: never. */
  lastUsedAt: z.string().nullable(),
});
export const federatedAccountListAnswer = z.object({ count: z.number().int(), list: z.array(federatedAccountAnswer) });

export function federatedAccountView(row: FederatedAccount): z.output<typeof federatedAccountAnswer> {
  const { uuid: id, subject, userName, provisioned, createdAt, lastUsedAt } = row;
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    id,
    subject,
    userName,
    provisioned,
    createdAt: time(createdAt),
    lastUsedAt: lastUsedAt === 0 ? null : time(lastUsedAt),
  };
}
