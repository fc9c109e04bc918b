import { tokenTypes, type KeyManagerSettings } from '@tollgate/oauth/domain';
import { residentType, type KeyManager, type KeyManagerInput } from '@tollgate/oauth/server';
import { z } from 'zod';

const orEmpty = (most: number) =>
  z
    .string()
    .max(most, `At most ${most} characters.`)
    .nullish()
    .transform((text) => text ?? '');
const address = orEmpty(2000).refine(
  (text) => text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)),
  'Give an absolute http or https URL.',
);
const claim = (fallback: string) =>
  z
    .string()
    .max(200)
    .nullish()
    .transform((text) => (text ? text : fallback));
const toggle = (fallback: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? fallback);

const shape = z.object({
  name: z
    .string()
    .min(1, 'Give a name.')
    .max(100, 'At most 100 characters.')
    .regex(/^[^:\p{Cc}]+$/u, 'Leave out colons and control characters.'),
  displayName: orEmpty(100),
  type: z.string().min(1, 'Give a type, such as "oidc".').max(45, 'At most 45 characters.'),
  description: orEmpty(256),
  wellKnownEndpoint: address,
  introspectionEndpoint: address,
  clientRegistrationEndpoint: address,
  tokenEndpoint: address,
  displayTokenEndpoint: address,
  revokeEndpoint: address,
  displayRevokeEndpoint: address,
  userInfoEndpoint: address,
  authorizeEndpoint: address,
  scopeManagementEndpoint: address,
  certificates: z
    .object({ type: z.enum(['JWKS', 'PEM']).default('JWKS'), value: orEmpty(100_000) })
    .nullish()
    .transform((given) => given ?? { type: 'JWKS' as const, value: '' }),
  issuer: orEmpty(2000),
  alias: orEmpty(2000),
  availableGrantTypes: z
    .array(z.string().min(1).max(190))
    .max(50)
    .nullish()
    .transform((list) => list ?? []),
  enableTokenGeneration: toggle(true),
  enableMapOAuthConsumerApps: toggle(false),
  enableOAuthAppCreation: toggle(false),
  enableProvisionedAppValidation: toggle(true),
  enableSelfValidationJWT: toggle(true).refine(
    (value) => value,
    'Only JWTs that gateways verify themselves are taken; leave it on.',
  ),
  claimMapping: z
    .array(z.object({ remoteClaim: z.string().min(1).max(200), localClaim: z.string().min(1).max(200) }))
    .max(100)
    .nullish()
    .transform((list) => list ?? []),
  consumerKeyClaim: claim('azp'),
  scopesClaim: claim('scope'),
  enabled: toggle(true),
  tokenType: z.enum(tokenTypes).default('DIRECT'),
  additionalProperties: z.record(z.string().max(190), z.unknown()).nullish(),
  permissions: z
    .object({
      permissionType: z.enum(['PUBLIC', 'ALLOW', 'DENY']).default('PUBLIC'),
      roles: z.array(z.string().max(190)).max(200).default([]),
    })
    .nullish()
    .transform((given) => given ?? { permissionType: 'PUBLIC' as const, roles: [] }),
});

/** `KeyManager` of the contract. What cannot be done here is refused, and the rest of the contract's fields are not read. */
export const keyManagerBody = shape.superRefine((body, context) => {
  if (body.type === residentType) return;
  const missing = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
  if (body.issuer === '') missing(['issuer'], 'Give the issuer, exactly as it stands in its tokens.');
  if (body.tokenType !== 'DIRECT' && body.name.includes('/'))
    missing(['name'], 'Users of a key manager whose tokens are exchanged get its name and a slash: leave slashes out.');
  const { type, value } = body.certificates;
  if (value === '') missing(['certificates', 'value'], 'Give the URL of its JWK set, or certificates in PEM.');
  else if (type === 'JWKS' && !URL.canParse(value))
    missing(['certificates', 'value'], 'Give an absolute http or https URL.');
  if (body.enableOAuthAppCreation && body.clientRegistrationEndpoint === '')
    missing(['clientRegistrationEndpoint'], 'Clients can only be made at a registration endpoint (RFC 7591).');
});
export type KeyManagerBody = z.output<typeof keyManagerBody>;

export function toKeyManagerInput(body: KeyManagerBody): KeyManagerInput {
  const { name, type, enabled, additionalProperties, enableSelfValidationJWT: _, ...settings } = body;
  const connector = additionalProperties ? { connector: withoutMasks(additionalProperties) } : {};
  return { name, type, enabled, settings: settings satisfies KeyManagerSettings, ...connector };
}

const mask = '********';

/** A form that shows masked secrets sends the masks back: they change nothing. */
function withoutMasks(properties: Record<string, unknown>): Record<string, unknown> | undefined {
  return Object.values(properties).includes(mask) ? undefined : properties;
}

export function keyManagerInfo({ uuid, name, type, enabled, settings }: KeyManager): object {
  return { id: uuid, name, type, description: settings.description, enabled, tokenType: settings.tokenType };
}

/** @param connector what it is called with; shown by name only */
export function keyManagerAnswer(row: KeyManager, connector: Readonly<Record<string, unknown>>): object {
  const { uuid, name, type, enabled, settings } = row;
  const additionalProperties = Object.fromEntries(Object.keys(connector).map((key) => [key, mask]));
  return { id: uuid, name, type, enabled, ...settings, enableSelfValidationJWT: true, additionalProperties };
}
