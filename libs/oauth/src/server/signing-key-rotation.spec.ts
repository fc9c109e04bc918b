import { GatewayRecord } from '@tollgate/deployment/server';
import { systemContext } from '@tollgate/database';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOAuthTestApp, type OAuthTestApp } from '../../test/index.js';
import type { SigningAlgorithm } from '../domain/index.js';
import {
  AccessTokenVerifier,
  ClientService,
  SigningKeyRotation,
  SigningKeys,
  TokenIssuer,
  type ClientView,
} from './index.js';

const ctx = systemContext('carbon.super');
const minute = 60_000;
const day = 86_400_000;
let app: OAuthTestApp;
let keys: SigningKeyRotation;

beforeAll(async () => {
  app = await startOAuthTestApp();
  keys = app.get(SigningKeyRotation);
});
afterAll(() => app.close());

async function newClient(tokenAlgorithm: SigningAlgorithm | null, more: object = {}): Promise<ClientView> {
  const input = { name: 'orders', owner: 'admin', grantTypes: [], applicationUuid: 'a', tokenAlgorithm, ...more };
  return (await app.db.transaction(ctx, (tx) => app.get(ClientService).create(tx, input))).client;
}
const tokenOf = async (client: ClientView, lifetimeSeconds = 3600): Promise<string> =>
  (await app.get(TokenIssuer).issueAccessToken({ client, scopes: [], lifetimeSeconds })).accessToken;
const isValid = async (token: string): Promise<boolean> =>
  (await app.get(AccessTokenVerifier).verifySigned(token)) !== null;
const kidOf = (token: string): string | undefined => decodeProtectedHeader(token).kid;
const atGateways = async (): Promise<string[]> => {
  const row = await app.db.manager.findOneByOrFail(GatewayRecord, { kind: 'key-manager' });
  return (JSON.parse(row.value) as { jwks: { keys: { kid: string }[] } }).jwks.keys.map(({ kid }) => kid);
};

describe('signing keys', () => {
  it.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'sign with %s where a client chooses it, and verify',
    async (algorithm) => {
      const token = await tokenOf(await newClient(algorithm));
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: algorithm, typ: 'at+jwt' });
      expect(await isValid(token)).toBe(true);
      expect(await isValid(`${token.slice(0, -6)}AAAAAA`)).toBe(false);
    },
  );

  it('sign with the algorithm of the installation where a client chooses none', async () => {
    const other = await startOAuthTestApp({ toml: '[tollgate.tokens]\nsigning_algorithm = "ES256"\n' });
    expect(await other.get(SigningKeys).signJwt('at+jwt', { exp: 1 })).toMatch(/^eyJhbGciOiJFUzI1NiIs/);
    await other.close();
  });

  it('F-33: the next one is published ahead, takes over by the clock, and the former verifies until its last token expired', async () => {
    const client = await newClient(null);
    const before = await tokenOf(client, 30 * 86_400);
    const { kid: next } = await keys.rotate(ctx, 'RS256');
    expect(await atGateways()).toContain(next);
    await expect(keys.rotate(ctx, 'RS256')).rejects.toMatchObject({ code: 'KEY_ROTATION_UNDERWAY' });
    app.clock.advanceMs(5 * minute - 1);
    expect(kidOf(await tokenOf(client))).toBe(kidOf(before));
    app.clock.advanceMs(1);
    expect(kidOf(await tokenOf(client))).toBe(next);
    expect(await isValid(before)).toBe(true);

    app.clock.advanceMs(30 * day - 10 * minute);
    expect(await keys.removeRetired(app.clock.nowMs())).toBe(0);
    expect(await isValid(before)).toBe(true);
    app.clock.advanceMs(2 * day);
    expect(await keys.removeRetired(app.clock.nowMs())).toBe(1);
    expect(await atGateways()).not.toContain(kidOf(before));
  });

  it('are withdrawn at once when others have seen one: its tokens end and another signs', async () => {
    const client = await newClient('ES256');
    const token = await tokenOf(client);
    await keys.withdraw(ctx, String(kidOf(token)));
    expect([await isValid(token), await isValid(await tokenOf(client))]).toEqual([false, true]);
    expect(await atGateways()).not.toContain(kidOf(token));
    await expect(keys.withdraw(ctx, 'nobody')).rejects.toMatchObject({ status: 404 });
  });

  it('are replaced by schedule, each algorithm once', async () => {
    expect(await keys.rotateDue(app.clock.nowMs())).toBe(0);
    app.clock.advanceMs(91 * day);
    expect(await keys.rotateDue(app.clock.nowMs())).toBe(3);
    expect(await keys.rotateDue(app.clock.nowMs())).toBe(0);
    const states = (await keys.list()).filter((key) => key.state === 'NEXT').map((key) => key.algorithm);
    expect(states.toSorted()).toEqual(['ES256', 'EdDSA', 'RS256']);
  });

  it('are encrypted at rest', async () => {
    const rows: { privateKeySealed: string }[] = await app.db.dataSource.query('SELECT * FROM signing_key');
    for (const row of rows) expect(JSON.stringify(row)).not.toContain('PRIVATE KEY');
  });
});

describe('what a client adds to its tokens', () => {
  it('is its audiences and claims beside those of RFC 9068', async () => {
    const client = await newClient(null, {
      audiences: ['https://orders.test'],
      customClaims: { plan: 'gold', limits: { a: 1 } },
    });
    const claims = decodeJwt(await tokenOf(client));
    expect(claims).toMatchObject({ aud: [client.consumerKey, 'https://orders.test'], plan: 'gold', limits: { a: 1 } });
  });

  it.each([
    ['a claim of the key manager', { customClaims: { sub: 'admin' } }],
    ['the binding to a key', { customClaims: { cnf: {} } }],
    ['too much', { customClaims: { text: 'x'.repeat(3000) } }],
    ['the audience of the management surfaces', { audiences: ['urn:tollgate:management'] }],
  ])('is refused: %s', async (_, more) => {
    await expect(newClient(null, more)).rejects.toMatchObject({ status: 400 });
  });
});
