import { SeedRegistry } from '@tollgate/database';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOAuthTestApp, type OAuthTestApp } from '../../test/index.js';
import { ClientService, PortalClients } from './index.js';

const toml = '[apim.devportal]\nurl = "https://developers.example/portal/"\n';
let app: OAuthTestApp;

beforeAll(async () => {
  app = await startOAuthTestApp({ toml });
  for (const portal of ['publisher', 'devportal'] as const) app.get(PortalClients).ensureAtStart(portal);
  await app.get(SeedRegistry).runAll(app.db);
});
afterAll(() => app.close());

describe('the client of a portal', () => {
  it('is there after the start, confidential, with the addresses of the configuration', async () => {
    const { clientSecret, ...publisher } = await app.get(PortalClients).get('publisher');
    expect(publisher).toEqual({
      clientId: 'tollgate-publisher',
      issuer: 'https://localhost:9443/oauth2/token',
      portalUrl: 'https://localhost:9443/publisher',
      redirectUri: 'https://localhost:9443/publisher/callback',
      postLogoutRedirectUri: 'https://localhost:9443/publisher/',
    });
    const client = await app.get(ClientService).authenticate('tollgate-publisher', clientSecret);
    expect(client).toMatchObject({ firstParty: true, saas: true, callbackUrls: [publisher.redirectUri] });
    expect(await app.get(PortalClients).get('devportal')).toMatchObject({
      redirectUri: 'https://developers.example/portal/callback',
    });
  });

  it('keeps its secret over starts, and another installation has another', async () => {
    const { clientSecret } = await app.get(PortalClients).get('publisher');
    await app.get(SeedRegistry).runAll(app.db);
    expect((await app.get(PortalClients).get('publisher')).clientSecret).toBe(clientSecret);
    const rows = await app.db.dataSource.query<unknown[]>('SELECT * FROM oauth_client');
    expect(JSON.stringify(rows)).not.toContain(clientSecret);
    expect(clientSecret).toMatch(/^[\w-]{43}$/);
  });

  it('is missing where no role asked for it', async () => {
    await expect(app.get(PortalClients).get('admin')).rejects.toThrow('nobody seeded it');
  });
});
