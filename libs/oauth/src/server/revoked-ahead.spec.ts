import { recentMs, systemContext } from '@tollgate/database';
import { UserService } from '@tollgate/identity/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOAuthTestApp, type OAuthTestApp } from '../../test/index.js';
import { ClientService } from './client.service.js';
import { RevocationService, type RevocableToken } from './revocation.service.js';

const ctx = systemContext('carbon.super');
let app: OAuthTestApp;

beforeAll(async () => {
  app = await startOAuthTestApp();
});
afterAll(() => app.close());

/** Whether a token that another process issues so long after now counts no more. */
async function isRevoked(laterMs: number, token: Partial<RevocableToken>): Promise<boolean> {
  const issuedAtMs = app.clock.nowMs() + laterMs;
  const unknown = { jti: 'x', consumerKey: 'x', user: 'x', isUserToken: true, applicationUuid: null };
  return app.get(RevocationService).isRevoked({ ...unknown, ...token, issuedAtMs });
}

describe('a token that another process issues while it still remembers (ADR 0016)', () => {
  it('is revoked with its client', async () => {
    const clients = app.get(ClientService);
    const input = { name: 'gone', owner: 'admin', grantTypes: ['client_credentials'] as const };
    const { client } = await app.db.transaction(ctx, (tx) => clients.create(tx, input));
    const { consumerKey } = client;
    await app.db.transaction(ctx, (tx) => clients.remove(tx, consumerKey));
    expect(await isRevoked(recentMs, { consumerKey })).toBe(true);
    expect(await isRevoked(recentMs + 1, { consumerKey })).toBe(false);
  });

  it('is revoked with a user who is locked out, while a new password is no hindrance to what follows it', async () => {
    const users = app.get(UserService);
    for (const userName of ['locked', 'changed']) await users.create(ctx, { userName, password: 'a-long-password' });
    await users.update(ctx, 'locked', { status: 'LOCKED' });
    expect(await isRevoked(recentMs, { user: 'locked@carbon.super' })).toBe(true);
    await users.update(ctx, 'changed', { password: 'another-password' });
    expect(await isRevoked(0, { user: 'changed@carbon.super' })).toBe(true);
    expect(await isRevoked(1, { user: 'changed@carbon.super' })).toBe(false);
  });
});
