import { randomUUID } from 'node:crypto';
import { GatewayRecord } from '@tollgate/deployment/server';
import { schemaDrift, systemContext } from '@tollgate/database';
import { SignInService, UserReader, UserService } from '@tollgate/identity/server';
import { freshMysqlDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOAuthTestApp, type OAuthTestApp } from '../../test/index.js';
import { ClientService, RefreshTokenService, RevocationService, type ClientView } from './index.js';

const ctx = systemContext('carbon.super');

async function onMariaDb(): Promise<{ app: OAuthTestApp; stop: () => Promise<void> }> {
  const fresh = await freshMysqlDatabase();
  const app = await startOAuthTestApp({ address: { type: 'mariadb', url: fresh.url, poolSize: 10 } });
  const stop = async (): Promise<void> => {
    await app.close();
    await fresh.drop();
  };
  return { app, stop };
}

async function onSqlite(): Promise<{ app: OAuthTestApp; stop: () => Promise<void> }> {
  const app = await startOAuthTestApp();
  return { app, stop: () => app.close() };
}

describe.each([
  { name: 'SQLite', make: onSqlite },
  { name: 'MariaDB', make: onMariaDb },
])('on $name', ({ make }) => {
  let app: OAuthTestApp;
  let stop: () => Promise<void>;
  let client: ClientView;

  beforeAll(async () => {
    ({ app, stop } = await make());
    const input = { name: 'portal', owner: 'admin', grantTypes: ['password', 'refresh_token'] as const };
    client = (await app.db.transaction(ctx, (tx) => app.get(ClientService).create(tx, input))).client;
  });
  afterAll(() => stop());

  function grant() {
    const user = { userName: 'admin', organization: 'carbon.super' };
    return {
      client,
      user,
      scopes: ['default'],
      access: { jti: randomUUID(), expiresAtMs: app.clock.nowMs() + 3_600_000 },
    };
  }

  it('shows no drift between entities and tables', async () => {
    expect(await schemaDrift(app.db.dataSource)).toEqual([]);
  });

  it('lets one of 50 parallel refreshes of one token win, and its successor lives', async () => {
    const tokens = app.get(RefreshTokenService);
    const token = await app.db.transaction(ctx, (tx) => tokens.issue(tx, grant()));
    const found = await tokens.find(token);
    if (!found) throw new Error('not found');
    const results = await Promise.all(
      Array.from({ length: 50 }, () => app.db.transaction(ctx, (tx) => tokens.rotate(tx, found, grant()))),
    );
    const successors = results.filter((result) => result !== null);
    expect(successors).toHaveLength(1);
    const successor = await tokens.find(successors[0] ?? '');
    expect(successor && tokens.stateOf(successor)).toBe('live');
    expect(successor?.family).toBe(found.family);
  });

  it('leaves no living branch when a family is revoked while it rotates', async () => {
    const tokens = app.get(RefreshTokenService);
    for (let round = 0; round < 10; round++) {
      const token = await app.db.transaction(ctx, (tx) => tokens.issue(tx, grant()));
      const found = await tokens.find(token);
      if (!found) throw new Error('not found');
      const next = grant();
      const [successor] = await Promise.all([
        app.db.transaction(ctx, (tx) => tokens.rotate(tx, found, next)),
        app.db.transaction(ctx, (tx) => tokens.revokeFamily(tx, found.family)),
      ]);
      if (successor === null) continue;
      const row = await tokens.find(successor);
      expect(row && tokens.stateOf(row)).toBe('dead');
      const revoked = {
        jti: next.access.jti,
        consumerKey: '',
        user: '',
        issuedAtMs: 0,
        isUserToken: false,
        applicationUuid: null,
      };
      expect(await app.get(RevocationService).isRevoked(revoked)).toBe(true);
    }
  });

  it('makes one user of 20 parallel creations', async () => {
    const users = app.get(UserService);
    const create = (): Promise<string> =>
      users.create(ctx, { userName: 'solo', password: 'pass-for-tests' }).then(
        () => 'made',
        (error: { status?: number }) => String(error.status),
      );
    const results = await Promise.all(Array.from({ length: 20 }, create));
    expect(results.filter((result) => result === 'made')).toHaveLength(1);
    expect(results.filter((result) => result === '409')).toHaveLength(19);
  });

  it('R-70 lets 5 of 30 parallel wrong passwords be looked at, the others wait', async () => {
    const guess = (i: number) =>
      app
        .get(SignInService)
        .withPassword({
          organization: 'carbon.super',
          userName: 'victim',
          password: `guess-${i}`,
          address: `10.0.0.${i}`,
        })
        .then(
          () => 'looked at',
          (error: { status?: number }) => String(error.status),
        );
    const results = await Promise.all(Array.from({ length: 30 }, (_, i) => guess(i)));
    expect(results.filter((result) => result === 'looked at')).toHaveLength(5);
    expect(results.filter((result) => result === '429')).toHaveLength(25);
  });

  it('R-79 keeps names that differ in one byte apart', async () => {
    const users = app.get(UserService);
    for (const userName of ['Solo', 'sólo', 'SOLO'])
      await users.create(ctx, { userName, password: `pass-${userName}` });
    expect((await users.verifyPassword('carbon.super', 'SOLO', 'pass-SOLO'))?.userName).toBe('SOLO');
    expect(await users.verifyPassword('carbon.super', 'solo', 'pass-SOLO')).toBeNull();
    expect(await app.get(UserReader).find('carbon.super', 'solo ')).toBeNull();
    expect(await app.get(ClientService).findByConsumerKey(`${client.consumerKey} `)).toBeNull();
  });

  it('revokes twice without harm and forgets what has expired, at gateways too', async () => {
    const revocations = app.get(RevocationService);
    const value = randomUUID();
    const input = { type: 'jti', value, organization: 'carbon.super', expiresAtMs: app.clock.nowMs() + 1000 } as const;
    for (let i = 0; i < 2; i++) await app.db.transaction(ctx, (tx) => revocations.revoke(tx, input));
    const token = { jti: value, consumerKey: '', user: '', issuedAtMs: 0, isUserToken: false, applicationUuid: null };
    expect(await revocations.isRevoked(token)).toBe(true);
    app.clock.advanceMs(1001);
    expect(await revocations.removeExpired(app.clock.nowMs())).toBe(1);
    expect(await revocations.isRevoked(token)).toBe(false);
    expect(await app.db.manager.countBy(GatewayRecord, { kind: 'revocation', id: `jti:${value}` })).toBe(0);
  });

  it('removes refresh tokens that have expired', async () => {
    const tokens = app.get(RefreshTokenService);
    const token = await app.db.transaction(ctx, (tx) => tokens.issue(tx, grant()));
    expect(await tokens.removeExpired(app.clock.nowMs())).toBe(0);
    app.clock.advanceMs(86_400_001);
    expect(await tokens.removeExpired(app.clock.nowMs())).toBeGreaterThan(0);
    expect(await tokens.find(token)).toBeNull();
  });
});
