import { z } from 'zod';
import { label, line, orDefault } from './text.js';

const keyTypeName = z.enum(['PRODUCTION', 'SANDBOX']);
export const keyTypeParam = keyTypeName;

/** Ten years: longer than anybody keeps a key, and far below what a clock overflows at. */
const maxSeconds = 315_360_000;
/** Whole seconds, as a number or as its text; -1 asks for the longest. */
const seconds = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d{1,10}$/, 'Give whole seconds.')
      .transform(Number),
  ])
  .pipe(
    z
      .number()
      .int('Give whole seconds.')
      .min(-1, 'Give -1 or a number of seconds.')
      .max(maxSeconds, 'At most ten years.'),
  )
  .refine((value) => value !== 0, 'Zero seconds is no validity.');

const scopeName = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/, 'A scope has no blanks, quotes or backslashes.');
const scopes = orDefault(z.array(scopeName).max(200, 'At most 200 scopes.'), []);
const callbackUrl = orDefault(line(2000), '');
/** Settings of the client by name; clients send numbers, lists and `N/A` too, and what we do not know is not applied. */
const additionalProperties = orDefault(z.record(z.string().max(190), z.unknown()), {});

export const generateKeysBody = z.object({
  keyType: keyTypeName,
  keyManager: line(190).nullish(),
  grantTypesToBeSupported: z.array(label(190)).max(50, 'At most 50 grants.'),
  callbackUrl,
  scopes,
  validityTime: seconds.nullish(),
  additionalProperties,
});
export type GenerateKeysBody = z.output<typeof generateKeysBody>;

export const mapKeysBody = z.object({
  keyType: keyTypeName,
  keyManager: orDefault(line(190), ''),
  consumerKey: z.string().min(1, 'Give the consumer key of the client.').max(190, 'At most 190 characters.'),
  consumerSecret: orDefault(z.string().max(500), ''),
});
export type MapKeysBody = z.output<typeof mapKeysBody>;

/** Consumer key and secret are not the caller's to set and are not read. */
export const updateKeyBody = z.object({
  supportedGrantTypes: z.array(label(190)).max(50, 'At most 50 grants.'),
  callbackUrl,
  additionalProperties,
});
export type UpdateKeyBody = z.output<typeof updateKeyBody>;

export const generateTokenBody = z.object({
  consumerSecret: orDefault(z.string().max(500), ''),
  validityPeriod: seconds.nullish(),
  scopes,
  grantType: orDefault(z.enum(['CLIENT_CREDENTIALS']), 'CLIENT_CREDENTIALS'),
});
export type GenerateTokenBody = z.output<typeof generateTokenBody>;

export const tokenAnswer = z.object({
  accessToken: z.string(),
  tokenScopes: z.array(z.string()),
  validityTime: z.number().int(),
});

export const applicationKeyAnswer = z.object({
  /** Absent, as the consumer key is, while the keys wait for approval. */
  keyMappingId: z.string().optional(),
  keyManager: z.string(),
  consumerKey: z.string().optional(),
  consumerSecret: z.string().optional(),
  supportedGrantTypes: z.array(z.string()),
  callbackUrl: z.string(),
  keyState: z.string(),
  keyType: keyTypeName,
  mode: z.enum(['CREATED', 'MAPPED']),
  token: tokenAnswer.optional(),
  additionalProperties: z.record(z.string(), z.unknown()),
});
export type ApplicationKeyAnswer = z.output<typeof applicationKeyAnswer>;

export const applicationKeyListAnswer = z.object({ count: z.number().int(), list: z.array(applicationKeyAnswer) });
export const consumerKeyAnswer = z.object({ consumerKey: z.string(), consumerSecret: z.string() });

/** Of a secret: what is not named here is not read. */
export const newSecretBody = z.object({
  additionalProperties: orDefault(z.object({ description: orDefault(line(250), ''), expiresIn: seconds.nullish() }), {
    description: '',
    expiresIn: null,
  }),
});
export type NewSecretBody = z.output<typeof newSecretBody>;
export const revokeSecretBody = z.object({ secretId: z.string().min(1, 'Give the id of the secret.').max(36) });
export type RevokeSecretBody = z.output<typeof revokeSecretBody>;
export const secretAnswer = z.object({
  secretId: z.string(),
  secretValue: z.string(),
  additionalProperties: z.object({
    description: z.string(),
    /** Seconds since the epoch. */
    createdAt: z.number().int(),
    expiresAt: z.number().int().optional(),
  }),
});
export type SecretAnswer = z.output<typeof secretAnswer>;
export const secretListAnswer = z.object({ count: z.number().int(), list: z.array(secretAnswer) });

const restrictions = orDefault(
  z.object({ permittedIP: orDefault(z.string(), ''), permittedReferer: orDefault(z.string(), '') }),
  { permittedIP: '', permittedReferer: '' },
);
export const generateApiKeyBody = z.object({
  keyName: orDefault(line(100), ''),
  validityPeriod: seconds.nullish(),
  additionalProperties: restrictions,
});
export type GenerateApiKeyBody = z.output<typeof generateApiKeyBody>;

export const revokeApiKeyBody = z
  .object({ apikey: z.string().max(10_000).nullish(), keyUUID: z.string().max(36).nullish() })
  .refine((body) => Boolean(body.apikey) !== Boolean(body.keyUUID), 'Give either apikey or keyUUID.');
export type RevokeApiKeyBody = z.output<typeof revokeApiKeyBody>;

export const renewApiKeyBody = z.object({ keyUUID: z.string().min(1, 'Give the id of the key.').max(36) });
export const apiKeyAnswer = z.object({ keyName: z.string(), apikey: z.string(), validityPeriod: z.number().int() });
export const apiKeyListAnswer = z.object({
  count: z.number().int(),
  list: z.array(
    z.object({
      keyUUID: z.string(),
      keyName: z.string(),
      issuedOn: z.string(),
      validityPeriod: z.number().int(),
      lastUsed: z.string(),
    }),
  ),
});
