import type { KeyType } from '@tollgate/application/contract';
import type {
  ApiKey,
  ApiKeyInput,
  IssuedApiKey,
  KeyChange,
  KeyDetails,
  KeyInput,
  TokenInput,
} from '@tollgate/application/server';
import { parseInput } from '@tollgate/http';
import { residentKeyManager } from '@tollgate/oauth/contract';
import { signingAlgorithms } from '@tollgate/oauth/domain';
import { z } from 'zod';
import type {
  ApplicationKeyAnswer,
  GenerateApiKeyBody,
  GenerateKeysBody,
  GenerateTokenBody,
  UpdateKeyBody,
} from '../schemas/key.js';

/** `-1` asks for the longest validity there is, as leaving it out does. */
function secondsOf(given: number | null | undefined): number | null {
  return given === undefined || given === null || given < 0 ? null : given;
}

/** Settings of a client that the field's portals send beside the body, in seconds; `N/A` leaves one as it is. */
const accessTokenSetting = 'application_access_token_expiry_time';
const refreshTokenSetting = 'refresh_token_expiry_time';
const lifetime = z.union([
  z.literal(['N/A', '']).transform(() => null),
  z.coerce
    .number('Give whole seconds or N/A.')
    .int('Give whole seconds or N/A.')
    .min(1, 'At least one second.')
    .max(315_360_000, 'At most ten years.'),
]);
/** Ours: what access tokens of the client carry and how they are signed. */
const algorithmSetting = 'token_signing_algorithm';
const audiencesSetting = 'audiences';
const claimsSetting = 'custom_claims';
const notSet = z.literal(['N/A', '']);
const tokenContents = z.object({
  additionalProperties: z.object({
    [algorithmSetting]: z
      .union([notSet.transform(() => null), z.enum(signingAlgorithms)], `Name one of: ${signingAlgorithms.join(', ')}.`)
      .nullish(),
    [audiencesSetting]: z
      .union([
        notSet.transform((): string[] => []),
        z.string().transform((text) => text.split(',').map((each) => each.trim())),
        z.array(z.string()),
      ])
      .pipe(z.array(z.string()).max(20, 'At most 20 audiences.'))
      .nullish(),
    [claimsSetting]: z
      .union([notSet.transform(() => ({})), z.record(z.string(), z.unknown())], 'Give an object of claims.')
      .nullish(),
  }),
});

function tokenContentsOf(additionalProperties: Readonly<Record<string, unknown>>) {
  const given = parseInput(tokenContents, { additionalProperties }, 'body').additionalProperties;
  return {
    tokenAlgorithm: given[algorithmSetting],
    audiences: given[audiencesSetting] ?? undefined,
    customClaims: given[claimsSetting] ?? undefined,
  };
}

const lifetimes = z.object({
  additionalProperties: z.object({
    [accessTokenSetting]: lifetime.nullish(),
    [refreshTokenSetting]: lifetime.nullish(),
  }),
});

/** @param validitySeconds of access tokens, as the body itself says it; null when it does not */
function lifetimesOf(additionalProperties: Readonly<Record<string, unknown>>, validitySeconds: number | null) {
  const given = parseInput(lifetimes, { additionalProperties }, 'body').additionalProperties;
  return {
    accessTokenSeconds: given[accessTokenSetting] ?? validitySeconds,
    refreshTokenSeconds: given[refreshTokenSetting] ?? null,
  };
}

export function keyRequest(body: GenerateKeysBody): KeyInput {
  return {
    keyType: body.keyType,
    keyManager: body.keyManager ?? '',
    grantTypes: body.grantTypesToBeSupported,
    callbackUrl: body.callbackUrl,
    scopes: body.scopes,
    ...lifetimesOf(body.additionalProperties, secondsOf(body.validityTime)),
    ...tokenContentsOf(body.additionalProperties),
  };
}

export function keyUpdate(body: UpdateKeyBody): KeyChange {
  return {
    grantTypes: body.supportedGrantTypes,
    callbackUrl: body.callbackUrl,
    ...lifetimesOf(body.additionalProperties, null),
    ...tokenContentsOf(body.additionalProperties),
  };
}

export function tokenRequest(body: GenerateTokenBody): TokenInput {
  const { consumerSecret, scopes } = body;
  return { consumerSecret, scopes, validitySeconds: secondsOf(body.validityPeriod) };
}

export function keyAnswer(details: KeyDetails): ApplicationKeyAnswer {
  const { key, client, consumerSecret, token } = details;
  return {
    keyMappingId: key.uuid,
    keyManager: key.keyManager,
    consumerKey: key.consumerKey,
    ...(consumerSecret === undefined ? {} : { consumerSecret }),
    supportedGrantTypes: [...client.grantTypes],
    callbackUrl: client.callbackUrls.join(','),
    keyState: 'APPROVED',
    keyType: key.keyType,
    mode: key.mode,
    ...(token === undefined ? {} : { token: { ...token, tokenScopes: [...token.tokenScopes] } }),
    additionalProperties: {
      ...(client.accessTokenLifetimeSeconds ? { [accessTokenSetting]: client.accessTokenLifetimeSeconds } : {}),
      ...(client.refreshTokenLifetimeSeconds ? { [refreshTokenSetting]: client.refreshTokenLifetimeSeconds } : {}),
      ...(client.tokenAlgorithm ? { [algorithmSetting]: client.tokenAlgorithm } : {}),
      ...(client.audiences?.length ? { [audiencesSetting]: client.audiences } : {}),
      ...(client.customClaims ? { [claimsSetting]: client.customClaims } : {}),
    },
  };
}

/** Keys that wait for approval: what was asked, and no client yet. */
export function pendingKeyAnswer(input: KeyInput): ApplicationKeyAnswer {
  return {
    keyManager: input.keyManager || residentKeyManager,
    supportedGrantTypes: [...input.grantTypes],
    callbackUrl: input.callbackUrl,
    keyState: 'CREATED',
    keyType: input.keyType,
    mode: 'CREATED',
    additionalProperties: {},
  };
}

export function keyListAnswer(
  all: readonly KeyDetails[],
  pending: readonly KeyInput[],
): { count: number; list: ApplicationKeyAnswer[] } {
  const list = [...all.map(keyAnswer), ...pending.map(pendingKeyAnswer)];
  return { count: list.length, list };
}

export function apiKeyRequest(keyType: KeyType, body: GenerateApiKeyBody): ApiKeyInput {
  const { permittedIP, permittedReferer } = body.additionalProperties;
  return {
    keyType,
    name: body.keyName,
    validitySeconds: secondsOf(body.validityPeriod),
    permittedIp: permittedIP,
    permittedReferer,
  };
}

export function apiKeyBody({ row, key }: IssuedApiKey): object {
  return { keyName: row.name, apikey: key, validityPeriod: row.validitySeconds ?? -1 };
}

export function apiKeyListBody(rows: readonly ApiKey[]): object {
  const list = rows.map((row) => ({
    keyUUID: row.uuid,
    keyName: row.name,
    issuedOn: new Date(row.createdAt).toISOString(),
    validityPeriod: row.validitySeconds ?? -1,
    // Gateways do not report the use of single keys.
    lastUsed: 'NOT_USED',
  }));
  return { count: list.length, list };
}
