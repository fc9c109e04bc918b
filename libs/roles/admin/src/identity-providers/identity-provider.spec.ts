import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OrganizationService } from '@tollgate/identity/server';
import { IdentityProvider } from '@tollgate/oauth/server';
import { Database, systemContext } from '@tollgate/database';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchAdmin, type LaunchedAdmin } from '../../test/launch-admin.js';

const server = createServer();
let admin: LaunchedAdmin;
let issuer: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', new Provider(issuer, { clients: [] }).callback());
  admin = await launchAdmin();
  const tenant = { domain: 'one.example', admin: { userName: 'admin', password: 'A-good-password-1' } };
  await admin.running.http.nest.get(OrganizationService).create(systemContext('carbon.super'), tenant);
});
afterAll(async () => {
  await admin.stop();
  server.close();
});

async function ask(method: string, path: string, body?: object, more: { as?: string; ifMatch?: string } = {}) {
  const { as = 'carbon.super+apim:admin', ifMatch } = more;
  const headers = {
    authorization: `Bearer ${as}`,
    ...(body ? { 'content-type': 'application/json' } : {}),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  };
  const sent = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  const answer = await fetch(`${admin.origin}/api/am/admin/v4/identity-providers${path}`, sent);
  const text = await answer.text();
  const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: answer.status, body: json, text, etag: answer.headers.get('etag') ?? '' };
}

const wanted = (changes: object = {}) => ({
  name: 'corp',
  issuer,
  clientId: 'tollgate',
  clientSecret: 'a-secret-of-ours',
  roleMappings: [{ group: 'makers', role: 'Internal/creator' }],
  ...changes,
});

describe('identity providers', () => {
  it('are registered by their issuer, with the secret encrypted and shown to nobody', async () => {
    const made = await ask('POST', '', wanted());
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'corp',
        enabled: true,
        createsUsers: false,
        trustsSecondFactor: false,
        wellKnownEndpoint: `${issuer}/.well-known/openid-configuration`,
        redirectUri: expect.stringMatching(/\/oauth2\/federation\/corp$/) as string,
        clientSecret: '********',
      },
    });
    const [row] = await admin.running.http.nest.get(Database).manager.find(IdentityProvider);
    expect(JSON.stringify([row, made.text])).not.toContain('a-secret-of-ours');
    expect((await ask('POST', '', wanted())).status).toBe(409);
    // The mask that a form sends back changes nothing; an empty text makes it a public client.
    const kept = await ask('PUT', `/${String(made.body['id'])}`, { ...made.body, displayName: 'The corp' });
    expect(kept).toMatchObject({ status: 200, body: { clientSecret: '********', displayName: 'The corp' } });
    expect((await ask('PUT', `/${String(made.body['id'])}`, made.body, { ifMatch: made.etag })).status).toBe(412);
    const open = await ask('PUT', `/${String(made.body['id'])}`, { ...made.body, clientSecret: '' });
    expect(open.body['clientSecret']).toBe('');
  });

  it.each([
    ['a name that is no part of an address', { name: 'Corp/1' }, 'name'],
    ['an issuer that is no https address', { issuer: 'http://idp.example' }, 'issuer'],
    ['an issuer that its metadata does not name', { issuer: 'https://other.example', at: 'ours' }, 'wellKnownEndpoint'],
    ['an address without metadata', { at: 'nothing' }, 'wellKnownEndpoint'],
    ['an address in a private network', { at: 'https://10.0.0.1/' }, 'wellKnownEndpoint'],
    ['a role that does not exist', { roleMappings: [{ group: 'a', role: 'nobody' }] }, 'roleMappings[0].role'],
    ['administrators by themselves', { newUserRoles: ['admin'] }, 'newUserRoles[0]'],
  ])('are refused with %s', async (_, { at, ...changes }: { at?: string }, field) => {
    const places: Record<string, string> = {
      ours: `${issuer}/.well-known/openid-configuration`,
      nothing: `${issuer}/jwks`,
    };
    const wellKnownEndpoint = at === undefined ? {} : { wellKnownEndpoint: places[at] ?? at };
    const answer = await ask('POST', '', wanted({ name: 'other', ...wellKnownEndpoint, ...changes }));
    expect(answer.status, answer.text).toBe(400);
    expect(answer.text).toContain(field);
  });

  it('keep name and issuer, by which addresses and people are known', async () => {
    const { body } = await ask('POST', '', wanted({ name: 'kept' }));
    const path = `/${String(body['id'])}`;
    expect((await ask('PUT', path, { ...body, name: 'moved' })).text).toContain('cannot change');
    const moved = await ask('PUT', path, { ...body, issuer: 'https://other.example' });
    expect(moved).toMatchObject({ status: 400 });
    expect(moved.text).toContain('its people are known by it');
  });

  it('belong to one organization, and are for administrators', async () => {
    const { body } = await ask('POST', '', wanted({ name: 'isolated' }));
    const path = `/${String(body['id'])}`;
    const tenant = { as: 'one.example+apim:admin' };
    expect((await ask('GET', '', undefined, tenant)).body).toEqual({ count: 0, list: [] });
    for (const [method, sub, json] of [
      ['GET', path],
      ['PUT', path, body],
      ['DELETE', path],
      ['GET', `${path}/accounts`],
      ['POST', `${path}/accounts`, { subject: 's', userName: 'admin' }],
    ] as [string, string, object?][])
      expect([method, sub, (await ask(method, sub, json, tenant)).status]).toEqual([method, sub, 404]);
    expect((await ask('GET', '', undefined, { as: 'carbon.super+apim:app_manage' })).status).toBe(401);
    const own = await ask('POST', '', wanted({ name: 'isolated' }), tenant);
    expect(own.body['redirectUri']).toMatch(/\/t\/one\.example\/oauth2\/federation\/isolated$/);
  });

  it('link a subject to one account, of a user who exists', async () => {
    const { body } = await ask('POST', '', wanted({ name: 'linked' }));
    const accounts = `/${String(body['id'])}/accounts`;
    const made = await ask('POST', accounts, { subject: 's-1', userName: 'admin' });
    expect(made).toMatchObject({ status: 201, body: { subject: 's-1', provisioned: false, lastUsedAt: null } });
    expect((await ask('POST', accounts, { subject: 's-1', userName: 'admin' })).status).toBe(409);
    expect((await ask('POST', accounts, { subject: 's-2', userName: 'nobody' })).status).toBe(404);
    expect((await ask('POST', accounts, { subject: ' s', userName: 'admin' })).status).toBe(400);
    expect((await ask('DELETE', `${accounts}/${String(made.body['id'])}`)).status).toBe(200);
    expect((await ask('DELETE', `${accounts}/${String(made.body['id'])}`)).status).toBe(404);
    expect((await ask('GET', accounts)).body).toEqual({ count: 0, list: [] });
  });
});
