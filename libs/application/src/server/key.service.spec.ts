import { AccessTokenVerifier, ApiScopeSources, ClientService } from '@tollgate/oauth/server';
import { UserService } from '@tollgate/identity/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { as, logged, startWorld, type World } from '../../test/world.js';
import { maxKeys } from './api-key.service.js';
import { ApiKey, ApiKeyService, ApplicationService, KeyService, type ApiKeyInput, type KeyInput } from './index.js';

let world: World;
let keys: KeyService;
let apiKeys: ApiKeyService;
const ann = as('ann');
const bob = as('bob');
const production: KeyInput = {
  keyType: 'PRODUCTION',
  keyManager: '',
  grantTypes: ['client_credentials', 'password', 'refresh_token', 'iwa:ntlm'],
  callbackUrl: '',
  scopes: ['default'],
  accessTokenSeconds: 900,
  refreshTokenSeconds: null,
};
const apiKey: ApiKeyInput = {
  keyType: 'PRODUCTION',
  name: 'k',
  validitySeconds: 60,
  permittedIp: '10.0.0.0/8',
  permittedReferer: '',
};

beforeAll(async () => {
  world = await startWorld();
  keys = world.app.get(KeyService);
  apiKeys = world.app.get(ApiKeyService);
  for (const name of ['ann', 'bob']) {
    const input = { userName: name, password: 'Password-1-of-specs', roles: ['Internal/subscriber'] };
    await world.app.get(UserService).create(as('admin', ['admin']), input);
  }
});
afterAll(() => world.stop());

let number = 0;
async function application(): Promise<string> {
  const input = {
    name: `App ${++number}`,
    tier: 'Unlimited',
    description: '',
    tokenType: 'JWT' as const,
    attributes: {},
    groups: [],
  };
  return (await world.app.get(ApplicationService).create(ann, input)).uuid;
}

describe('keys of an application', () => {
  it('are a client, its mapping for the gateways and a first token', async () => {
    const app = await application();
    const made = await keys.generate(ann, app, production);
    expect(made.client).toMatchObject({
      grantTypes: ['client_credentials', 'refresh_token'],
      owner: 'ann',
      applicationUuid: app,
      keyType: 'PRODUCTION',
    });
    expect(made.token).toMatchObject({ validityTime: 900, tokenScopes: ['default'] });
    expect(decodeJwt(made.token?.accessToken ?? '')).toMatchObject({
      azp: made.key.consumerKey,
      sub: 'ann@carbon.super',
      keytype: 'PRODUCTION',
      aut: 'APPLICATION',
    });
    expect(await world.record('key-mapping', `Resident Key Manager:${made.key.consumerKey}`)).toEqual({
      consumerKey: made.key.consumerKey,
      keyManager: 'Resident Key Manager',
      applicationUuid: app,
      keyType: 'PRODUCTION',
    });
    expect(await world.events()).toContain('APPLICATION_REGISTRATION_CREATE');
    expect(await world.app.get(AccessTokenVerifier).verify(made.token?.accessToken ?? '')).not.toBeNull();
  });

  it('are made once for each key type, also by two at once', async () => {
    const app = await application();
    const results = await Promise.allSettled([
      keys.generate(ann, app, production),
      keys.generate(ann, app, production),
    ]);
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(keys.generate(ann, app, production)).rejects.toMatchObject({ code: 'KEYS_EXIST', status: 409 });
    await keys.generate(ann, app, { ...production, keyType: 'SANDBOX' });
    expect((await keys.list(ann, app)).map(({ key }) => key.keyType)).toEqual(['PRODUCTION', 'SANDBOX']);
  });

  it.each([
    ['an unknown key manager', { keyManager: 'Okta' }, 'keyManager'],
    ['no grant that exists', { grantTypes: ['iwa:ntlm'] }, 'grantTypesToBeSupported'],
    ['a redirect grant without callback', { grantTypes: ['authorization_code', 'client_credentials'] }, 'callbackUrl'],
    ['a bad callback', { callbackUrl: 'javascript:alert(1)' }, 'callbackUrl'],
  ])('are refused for %s, and nothing is stored', async (_, change, field) => {
    const app = await application();
    await expect(keys.generate(ann, app, { ...production, ...change })).rejects.toMatchObject({
      status: 400,
      fields: [{ field }],
    });
    expect(await keys.list(ann, app)).toEqual([]);
  });

  it('belong to the owner of the application, whatever is asked', async () => {
    const app = await application();
    const { key } = await keys.generate(ann, app, production);
    const which = { uuid: key.uuid };
    const attempts = [
      keys.list(bob, app),
      keys.get(bob, app, which),
      keys.update(bob, app, which, production),
      keys.regenerateSecret(bob, app, which),
      keys.cleanUp(bob, app, which),
      keys.generateToken(bob, app, which, { consumerSecret: '', scopes: [], validitySeconds: null }),
      keys.get(ann, await application(), which),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ status: 404 });
  });

  it('give tokens for the right secret alone, with scopes that the owner may have', async () => {
    const names = new Map([
      ['menu:read', []],
      ['menu:write', ['Internal/chef']],
    ]);
    world.app.get(ApiScopeSources).register(async () => names);
    const app = await application();
    const { consumerSecret = '' } = await keys.generate(ann, app, production);
    const input = { consumerSecret, scopes: ['menu:read', 'menu:write', 'apim:admin'], validitySeconds: 30 };
    const token = await keys.generateToken(ann, app, { keyType: 'PRODUCTION' }, input);
    expect(token).toMatchObject({ tokenScopes: ['menu:read'], validityTime: 30 });
    const wrong = keys.generateToken(ann, app, { keyType: 'PRODUCTION' }, { ...input, consumerSecret: 'wrong' });
    await expect(wrong).rejects.toMatchObject({ status: 400, fields: [{ field: 'consumerSecret' }] });
  });

  it('get a new secret that replaces the old one', async () => {
    const app = await application();
    const { consumerSecret = '', key } = await keys.generate(ann, app, production);
    const renewed = await keys.regenerateSecret(ann, app, { uuid: key.uuid });
    expect(renewed.consumerKey).toBe(key.consumerKey);
    const clients = world.app.get(ClientService);
    expect(await clients.authenticate(key.consumerKey, consumerSecret)).toBeNull();
    expect(await clients.authenticate(key.consumerKey, renewed.consumerSecret)).not.toBeNull();
    expect((await keys.get(ann, app, { uuid: key.uuid })).consumerSecret).toBe(renewed.consumerSecret);
  });

  it('give tokens that count at once after the secret was replaced, and so do the tokens from before', async () => {
    const app = await application();
    const { key, token } = await keys.generate(ann, app, production);
    const renewed = await keys.regenerateSecret(ann, app, { uuid: key.uuid });
    const input = { consumerSecret: renewed.consumerSecret, scopes: [], validitySeconds: null };
    const { accessToken } = await keys.generateToken(ann, app, { uuid: key.uuid }, input);
    const verifier = world.app.get(AccessTokenVerifier);
    expect(await verifier.verify(accessToken)).not.toBeNull();
    expect(await verifier.verify(token?.accessToken ?? '')).not.toBeNull();
  });

  it('change their grants and lifetimes', async () => {
    const app = await application();
    const { key } = await keys.generate(ann, app, production);
    const change = {
      grantTypes: ['refresh_token'],
      callbackUrl: 'https://a.example/cb',
      accessTokenSeconds: 60,
      refreshTokenSeconds: 120,
    };
    const { client } = await keys.update(ann, app, { uuid: key.uuid }, change);
    expect(client).toMatchObject({
      grantTypes: ['refresh_token'],
      callbackUrls: ['https://a.example/cb'],
      accessTokenLifetimeSeconds: 60,
      refreshTokenLifetimeSeconds: 120,
    });
    const { consumerSecret = '' } = await keys.get(ann, app, { uuid: key.uuid });
    const attempt = keys.generateToken(
      ann,
      app,
      { uuid: key.uuid },
      { consumerSecret, scopes: [], validitySeconds: null },
    );
    await expect(attempt).rejects.toMatchObject({ fields: [{ field: 'grantType' }] });
  });

  it('are cleaned up with their client, and their tokens are refused', async () => {
    const app = await application();
    const made = await keys.generate(ann, app, production);
    world.clock.now += 2000;
    await keys.cleanUp(ann, app, { uuid: made.key.uuid });
    expect(await world.record('key-mapping', `Resident Key Manager:${made.key.consumerKey}`)).toBeNull();
    expect(await world.record('revocation', `consumerKey:${made.key.consumerKey}`)).toMatchObject({
      type: 'consumerKey',
    });
    expect(await world.app.get(AccessTokenVerifier).verify(made.token?.accessToken ?? '')).toBeNull();
    expect(await world.events()).toContain('REMOVE_APPLICATION_KEYMAPPING');
    await expect(keys.generate(ann, app, production)).resolves.toBeDefined();
  });
});

describe('API keys', () => {
  it('name their application and their restrictions, and are not stored', async () => {
    const app = await application();
    const { key, row } = await apiKeys.issue(ann, app, { ...apiKey, permittedReferer: ' a.example/* ' });
    expect(decodeJwt(key)).toMatchObject({
      jti: row.jti,
      token_type: 'apiKey',
      keytype: 'PRODUCTION',
      permittedIP: '10.0.0.0/8',
      permittedReferer: 'a.example/*',
      application: { uuid: app, owner: 'ann', tier: 'Unlimited' },
    });
    expect(JSON.stringify(await apiKeys.list(ann, app, 'PRODUCTION'))).not.toContain(key.split('.')[2]);
    expect(row.expiresAt).toBe(world.clock.now - (world.clock.now % 1000) + 60_000);
    await expect(apiKeys.issue(ann, app, { ...apiKey, permittedIp: 'home' })).rejects.toMatchObject({
      status: 400,
      fields: [{ field: 'additionalProperties.permittedIP' }],
    });
  });

  it.each(['by id', 'by the key itself'])('are revoked %s', async (how) => {
    const app = await application();
    const { key, row } = await apiKeys.issue(ann, app, apiKey);
    const which = how === 'by id' ? { uuid: row.uuid } : { key };
    await expect(apiKeys.revoke(ann, app, 'SANDBOX', which)).rejects.toMatchObject({ status: 404 });
    await expect(apiKeys.revoke(ann, await application(), 'PRODUCTION', which)).rejects.toMatchObject({ status: 404 });
    await expect(apiKeys.revoke(bob, app, 'PRODUCTION', which)).rejects.toMatchObject({ status: 404 });
    expect(await world.record('revocation', `jti:${row.jti}`)).toBeNull();
    await apiKeys.revoke(ann, app, 'PRODUCTION', which);
    expect(await world.record('revocation', `jti:${row.jti}`)).toMatchObject({
      type: 'jti',
      expiresAtMs: row.expiresAt,
    });
    expect(await apiKeys.list(ann, app, 'PRODUCTION')).toEqual([]);
  });

  it.each(['nonsense', 'a.b.c', `a.${Buffer.from('null').toString('base64url')}.c`, ''])(
    'are not taken for "%s"',
    async (key) => {
      await expect(apiKeys.revoke(ann, await application(), 'PRODUCTION', { key })).rejects.toMatchObject({
        status: 400,
        fields: [{ field: 'apikey' }],
      });
    },
  );

  it('of two renewals at once are made by one', async () => {
    const app = await application();
    const { row } = await apiKeys.issue(ann, app, apiKey);
    const renew = () => apiKeys.renew(ann, app, 'PRODUCTION', row.uuid);
    const results = await Promise.allSettled([renew(), renew()]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await apiKeys.list(ann, app, 'PRODUCTION')).toHaveLength(1);
  });

  it('are renewed: the new one is like the old one, which is refused', async () => {
    const app = await application();
    const old = await apiKeys.issue(ann, app, apiKey);
    const fresh = await apiKeys.renew(ann, app, 'PRODUCTION', old.row.uuid);
    expect(fresh.row).toMatchObject({ name: 'k', validitySeconds: 60, permittedIp: '10.0.0.0/8' });
    expect(await world.record('revocation', `jti:${old.row.jti}`)).not.toBeNull();
    await expect(apiKeys.renew(ann, app, 'PRODUCTION', old.row.uuid)).rejects.toMatchObject({ status: 404 });
  });

  it('are bounded, and forgotten once they have expired', async () => {
    const app = await application();
    const { row } = await apiKeys.issue(ann, app, apiKey);
    const { id: _, ...columns } = row;
    const tail = app.slice(0, 8);
    const more = Array.from({ length: maxKeys - 1 }, (_value, i) =>
      Object.assign(new ApiKey(), columns, { uuid: `u-${i}-${tail}`, jti: `j-${i}-${tail}` }),
    );
    for (let i = 0; i < more.length; i += 100) await world.db.manager.insert(ApiKey, more.slice(i, i + 100));
    await expect(apiKeys.issue(ann, app, apiKey)).rejects.toMatchObject({ status: 409, code: 'TOO_MANY_API_KEYS' });
    await expect(apiKeys.renew(ann, app, 'PRODUCTION', row.uuid)).resolves.toBeDefined();
    world.clock.now += 61_000;
    expect(await apiKeys.list(ann, app, 'PRODUCTION')).toEqual([]);
    await apiKeys.issue(ann, app, apiKey);
    expect(await world.db.manager.countBy(ApiKey, { applicationId: row.applicationId })).toBe(1);
  });

  it('are all refused once their application is deleted', async () => {
    const app = await application();
    const { row } = await apiKeys.issue(ann, app, { ...apiKey, validitySeconds: null });
    const { key } = await keys.generate(ann, app, production);
    await world.app.get(ApplicationService).delete(ann, app);
    expect(await world.record('revocation', `application:${app}`)).toMatchObject({ expiresAtMs: row.expiresAt });
    expect(await world.record('key-mapping', `Resident Key Manager:${key.consumerKey}`)).toBeNull();
    expect(await world.app.get(ClientService).findByConsumerKey(key.consumerKey)).toBeNull();
  });
});

it('nobody inherits the applications of a user who was deleted', async () => {
  const admin = as('admin', ['admin']);
  const users = world.app.get(UserService);
  await users.create(admin, { userName: 'leaver', password: 'Password-1-of-specs' });
  const leaver = as('leaver');
  const input = {
    name: 'Left',
    tier: 'Unlimited',
    description: '',
    tokenType: 'JWT' as const,
    attributes: {},
    groups: [],
  };
  const { uuid } = await world.app.get(ApplicationService).create(leaver, input);
  await users.delete(admin, 'leaver');
  await expect(world.app.get(ApplicationService).get(leaver, uuid)).rejects.toMatchObject({ status: 404 });
  expect(await world.record('application', uuid)).toBeNull();
});

it('what is done is logged once it is committed, without any secret', async () => {
  const app = await application();
  const start = logged.length;
  const made = await keys.generate(ann, app, production);
  const renewed = await keys.regenerateSecret(ann, app, { uuid: made.key.uuid });
  const { key } = await apiKeys.issue(ann, app, apiKey);
  await expect(keys.generate(ann, app, production)).rejects.toMatchObject({ status: 409 });
  await keys.cleanUp(ann, app, { uuid: made.key.uuid });
  const lines = logged.slice(start);
  const events = lines.map((line) => JSON.parse(line) as { event: string; by: string });
  expect(events.map(({ event }) => event)).toEqual([
    'keys.generated',
    'keys.secret_replaced',
    'api_key.issued',
    'keys.removed',
  ]);
  expect(events.every(({ by }) => by === 'ann')).toBe(true);
  for (const secret of [made.consumerSecret, made.token?.accessToken, renewed.consumerSecret, key])
    expect(lines.join('')).not.toContain(secret);
});
