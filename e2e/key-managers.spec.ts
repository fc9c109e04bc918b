import { randomUUID } from 'node:crypto';
import * as client from 'openid-client';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from './support/back-end.js';
import { adminApi, Caller, devportal, publisher } from './support/caller.js';
import { keepsContracts } from './support/contracts.js';
import { startPartner, type Partner } from './support/partner.js';
import { deployRevision, publishApi } from './support/product.js';
import { eventually, send, type Answer } from './support/rest.js';
import { embedded, type SingleInstallation } from './support/settings.js';

const name = 'Partner';
let installation: SingleInstallation;
let caller: Caller;
let backEnd: BackEnd;
let partner: Partner;
let api: string;
let application: string;
let managerId: string;
let manager: Record<string, unknown>;

beforeAll(async () => {
  [installation, backEnd, partner] = await Promise.all([embedded(), startBackEnd('first'), startPartner()]);
  caller = await Caller.signIn(installation);
  api = await publishApi(caller, { name: 'orders', url: backEnd.url });
  application = await newApplication('shop');
}, 120_000);
afterAll(async () => {
  await installation.stop();
  await Promise.all([backEnd.close(), partner.stop()]);
});

async function newApplication(title: string): Promise<string> {
  const made = await caller.call('POST', `${devportal}/applications`, {
    json: { name: title, throttlingPolicy: 'Unlimited', tokenType: 'JWT' },
  });
  const id = String(made.body['applicationId']);
  const json = { apiId: api, applicationId: id, throttlingPolicy: 'Unlimited' };
  expect((await caller.call('POST', `${devportal}/subscriptions`, { json })).status).toBe(201);
  return id;
}

const invoke = (token: string): Promise<Answer> =>
  send('GET', `${installation.gateways[0] ?? ''}/orders/1.0.0/menu`, { token });
async function becomes(token: string, status: number, withinMs = 15_000): Promise<Answer> {
  const answer = await eventually(
    () => invoke(token),
    (each) => each.status === status,
    withinMs,
  );
  expect(answer.status, answer.text).toBe(status);
  return answer;
}
const keysBody = {
  keyType: 'PRODUCTION',
  keyManager: name,
  grantTypesToBeSupported: ['client_credentials'],
  callbackUrl: '',
  scopes: [],
};

async function restrict(keyManagers: string[]): Promise<void> {
  const { body } = await caller.call('GET', `${publisher}/apis/${api}`);
  const changed = await caller.call('PUT', `${publisher}/apis/${api}`, { json: { ...body, keyManagers } });
  expect(changed, changed.text).toMatchObject({ status: 200 });
  await deployRevision(caller, api);
}

async function change(changes: object): Promise<void> {
  const answer = await caller.call('PUT', `${adminApi}/key-managers/${managerId}`, {
    json: { ...manager, ...changes },
  });
  expect(answer, answer.text).toMatchObject({ status: 200 });
}

describe('an external key manager', () => {
  let madeId: string;
  let made: { id: string; secret: string };

  it('is discovered by its well-known address', async () => {
    const discover = (url: string): Promise<Answer> => {
      return caller.call('POST', `${adminApi}/key-managers/discover`, { multipart: { url, type: 'oidc' } });
    };
    const found = await discover(`${partner.issuer}/.well-known/openid-configuration`);
    expect(found, found.text).toMatchObject({
      status: 200,
      body: {
        valid: true,
        value: {
          name: new URL(partner.issuer).hostname,
          issuer: partner.issuer,
          certificates: { type: 'JWKS', value: `${partner.issuer}/jwks` },
        },
      },
    });
    manager = {
      ...(found.body['value'] as object),
      name,
      additionalProperties: { initial_access_token: partner.initialAccessToken },
      enableMapOAuthConsumerApps: true,
    };
    expect(await discover(`${partner.issuer}/jwks`)).toMatchObject({ status: 200, body: { valid: false } });
    expect(await discover('http://169.254.169.254/latest/meta-data')).toMatchObject({ status: 400 });
    expect(await discover('file:///etc/passwd')).toMatchObject({ status: 400 });
  });

  it('is registered, and its secrets are not shown again', async () => {
    const unreadable = { ...manager, certificates: { type: 'JWKS', value: `${partner.issuer}/nothing` } };
    expect(await caller.call('POST', `${adminApi}/key-managers`, { json: unreadable })).toMatchObject({ status: 400 });
    const answer = await caller.call('POST', `${adminApi}/key-managers`, { json: manager });
    expect(answer, answer.text).toMatchObject({ status: 201, body: { name, enabled: true } });
    managerId = String(answer.body['id']);
    expect(answer.text).not.toContain(partner.initialAccessToken);
    expect(await caller.call('POST', `${adminApi}/key-managers`, { json: manager })).toMatchObject({ status: 409 });
    const offered = await caller.call('GET', `${devportal}/key-managers`);
    expect((offered.body['list'] as { name: string }[]).map((each) => each.name)).toEqual([
      'Resident Key Manager',
      name,
    ]);
  });

  it('makes a client for an application (RFC 7591), whose tokens open the API', async () => {
    const keys = await caller.call('POST', `${devportal}/applications/${application}/generate-keys`, {
      json: keysBody,
    });
    expect(keys, keys.text).toMatchObject({ status: 200, body: { keyManager: name, mode: 'CREATED' } });
    madeId = String(keys.body['keyMappingId']);
    made = { id: String(keys.body['consumerKey']), secret: String(keys.body['consumerSecret']) };
    const { accessToken } = keys.body['token'] as { accessToken: string };
    expect((await becomes(accessToken, 200)).body).toMatchObject({ backEnd: 'first' });
    const path = `${devportal}/applications/${application}/oauth-keys/${madeId}/regenerate-secret`;
    expect(await caller.call('POST', path)).toMatchObject({ status: 400 });
  });

  it('gives up a client that exists there to whoever knows its secret (map-keys)', async () => {
    const other = await newApplication('kiosk');
    const map = (consumerSecret: string): Promise<Answer> =>
      caller.call('POST', `${devportal}/applications/${other}/map-keys`, {
        json: { keyType: 'PRODUCTION', keyManager: name, consumerKey: partner.client.id, consumerSecret },
      });
    expect((await becomes(await partner.token(partner.client), 403)).body).toMatchObject({ code: '900908' });
    expect(await map('wrong')).toMatchObject({ status: 400 });
    expect(await map(partner.client.secret)).toMatchObject({ status: 200, body: { mode: 'MAPPED' } });
    await becomes(await partner.token(partner.client), 200);
  });

  it('counts only for APIs that name it', async () => {
    const token = await partner.token(made);
    await restrict(['Resident Key Manager']);
    await becomes(token, 401);
    await restrict([name]);
    await becomes(token, 200);
  });

  it('is switched off and on', async () => {
    const token = await partner.token(made);
    await change({ enabled: false });
    await becomes(token, 401);
    await change({ enabled: true, tokenType: 'EXCHANGED' });
    expect((await invoke(token)).status).toBe(401);
    await change({});
    await becomes(token, 200);
  });

  it('vouches for users: its assertions and tokens are exchanged for ours, which open the API (openid-client)', async () => {
    await change({ tokenType: 'BOTH' });
    await restrict(['all']);
    const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const id = await newApplication('partners');
    const keys = await caller.call('POST', `${devportal}/applications/${id}/generate-keys`, {
      json: {
        ...keysBody,
        keyManager: 'Resident Key Manager',
        grantTypesToBeSupported: [jwtBearer, tokenExchange],
      },
    });
    expect(keys, keys.text).toMatchObject({ status: 200 });
    const agent = new Agent({ connect: { rejectUnauthorized: false } });
    const over = ((url: string, options: object) =>
      fetch(url, { ...options, dispatcher: agent })) as client.CustomFetch;
    const issuer = new URL(`${installation.controlPlanes[0] ?? ''}/oauth2/token`);
    const { consumerKey, consumerSecret } = keys.body as Record<string, string>;
    const config = await client.discovery(issuer, consumerKey ?? '', consumerSecret, undefined, {
      [client.customFetch]: over,
    });
    const aud = config.serverMetadata().issuer;
    expect(config.serverMetadata().grant_types_supported).toContain(jwtBearer);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: partner.issuer, sub: 'alice', aud, iat: now, exp: now + 300, jti: randomUUID() };
    const assertion = partner.assertion(claims);
    const asserted = await client.genericGrantRequest(config, jwtBearer, { assertion });
    expect((await becomes(asserted.access_token, 200)).body).toMatchObject({ backEnd: 'first' });
    const again = client.genericGrantRequest(config, jwtBearer, { assertion });
    await expect(again).rejects.toMatchObject({ status: 400, error: 'invalid_grant' });
    const exchanged = await client.genericGrantRequest(config, tokenExchange, {
      subject_token: partner.assertion({ ...claims, scope: 'orders:read' }),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    });
    expect(exchanged).toMatchObject({ scope: 'orders:read' });
    await becomes(exchanged.access_token, 200);

    // The same bound to a key (RFC 9449): the gateway takes it with a proof, and as a bearer token not.
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    const subject = {
      subject_token: partner.assertion(claims),
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    };
    const bound = await client.genericGrantRequest(config, tokenExchange, subject, { DPoP });
    expect(bound.token_type).toBe('dpop');
    expect((await invoke(bound.access_token)).status).toBe(401);
    client.allowInsecureRequests(config);
    const menu = new URL(`${installation.gateways[0] ?? ''}/orders/1.0.0/menu`);
    const options = { DPoP };
    const shown = await client.fetchProtectedResource(
      config,
      bound.access_token,
      menu,
      'GET',
      null,
      undefined,
      options,
    );
    expect(shown.status).toBe(200);
    await agent.close();
    await change({});
  });

  it('F-33: changes its key, which is taken within a minute, while tokens of the old one go on', async () => {
    const old = await partner.token(made);
    await partner.rotate();
    // The registrations were in its memory: only the client of its configuration is left.
    const token = await partner.token(partner.client);
    await becomes(token, 200, 60_000);
    expect((await invoke(old)).status).toBe(200);
  }, 90_000);

  it('R-37 R-38 V-07: goes on with known keys and refuses others while it answers garbage or is away; no token makes anybody ask', async () => {
    const token = await partner.token(partner.client);
    partner.answerKeysWith('{"keys":[{"kty":"oct","k":"AAAA","kid":"partner-1"}]}');
    const before = partner.keyReads();
    const [header = '', payload, signature] = token.split('.');
    const asked = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    for (let i = 0; i < 200; i++) {
      const forged = Buffer.from(JSON.stringify({ ...asked, kid: `unknown-${i}` })).toString('base64url');
      expect((await invoke(`${forged}.${payload}.${signature}`)).status).toBe(401);
    }
    expect(partner.keyReads() - before).toBeLessThanOrEqual(2); // the schedule's own
    expect(
      await eventually(
        async () => partner.keyReads(),
        (reads) => reads > before,
        90_000,
      ),
    ).toBeGreaterThan(before);
    expect((await invoke(token)).status).toBe(200);
    await partner.stop();
    expect((await invoke(token)).status).toBe(200);
    await partner.start();
    partner.answerKeysWith(null);
  }, 120_000);

  it('is removed when no application has clients with it', async () => {
    expect(await caller.call('DELETE', `${adminApi}/key-managers/${managerId}`)).toMatchObject({ status: 409 });
    const token = await partner.token(partner.client);
    for (const { applicationId } of (await caller.call('GET', `${devportal}/applications`)).body['list'] as {
      applicationId: string;
    }[])
      await caller.call('DELETE', `${devportal}/applications/${applicationId}`);
    expect(await caller.call('DELETE', `${adminApi}/key-managers/${managerId}`)).toMatchObject({ status: 200 });
    await becomes(token, 401);
  });
});

describe('the resident key manager', () => {
  it('is switched off and on, and stays', async () => {
    const list = (await caller.call('GET', `${adminApi}/key-managers`)).body['list'] as { id: string }[];
    const id = String(list[0]?.id);
    const { body } = await caller.call('GET', `${adminApi}/key-managers/${id}`);
    for (const enabled of [false, true])
      expect(await caller.call('PUT', `${adminApi}/key-managers/${id}`, { json: { ...body, enabled } })).toMatchObject({
        status: 200,
        body: { enabled },
      });
    expect(await caller.call('DELETE', `${adminApi}/key-managers/${id}`)).toMatchObject({ status: 409 });
  });
});

keepsContracts();
