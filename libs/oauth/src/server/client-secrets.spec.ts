import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemContext } from '@tollgate/database';
import { startOAuthTestApp, type OAuthTestApp } from '../../test/index.js';
import { ClientSecrets } from './client-secrets.js';
import { ClientService } from './client.service.js';

const ctx = systemContext('carbon.super');
let app: OAuthTestApp;
let secrets: ClientSecrets;
let clients: ClientService;

beforeAll(async () => {
  app = await startOAuthTestApp();
  secrets = app.get(ClientSecrets);
  clients = app.get(ClientService);
});
afterAll(() => app.close());

async function newClient(name: string) {
  const input = { name, owner: 'admin', grantTypes: ['client_credentials'] as const };
  const { client, secret } = await app.db.transaction(ctx, (tx) => clients.create(tx, input));
  return { id: client.consumerKey, secret };
}

const add = (id: string, expiresInSeconds: number | null = null) =>
  app.db.transaction(ctx, (tx) => secrets.add(tx, id, { description: '', expiresInSeconds }));
const works = async (id: string, secret: string) => (await clients.authenticate(id, secret)) !== null;

describe('secrets of a client', () => {
  it('work side by side until they expire', async () => {
    const { id, secret } = await newClient('expiring');
    const hour = await add(id, 3600);
    expect([await works(id, secret), await works(id, hour.secret)]).toEqual([true, true]);
    app.clock.advanceMs(3_599_000);
    expect(await works(id, hour.secret)).toBe(true);
    app.clock.advanceMs(1_000);
    expect([await works(id, secret), await works(id, hour.secret)]).toEqual([true, false]);
  });

  it('are not left without one that works', async () => {
    const { id, secret } = await newClient('last');
    const hour = await add(id, 3600);
    const [first] = await secrets.list(ctx, id);
    const revoke = (which = '') => app.db.transaction(ctx, (tx) => secrets.revoke(tx, id, which));
    app.clock.advanceMs(3_600_000);
    await expect(revoke(first?.id)).rejects.toMatchObject({ code: 'LAST_SECRET', status: 409 });
    await revoke(hour.view.id);
    expect(await works(id, secret)).toBe(true);
  });

  it('are those of their client alone, and a new first one leaves the others', async () => {
    const one = await newClient('one');
    const other = await newClient('other');
    const { secret } = await add(one.id);
    expect(await works(other.id, secret)).toBe(false);
    await app.db.transaction(ctx, (tx) => clients.regenerateSecret(tx, one.id));
    expect([await works(one.id, one.secret), await works(one.id, secret)]).toEqual([false, true]);
  });
});
