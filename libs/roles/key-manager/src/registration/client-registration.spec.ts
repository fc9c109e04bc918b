import { contractValidator } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, allGrants, startRig, type Rig } from '../../test/rig.js';

let app: Rig['app'];
let km: Rig['km'];

beforeAll(async () => {
  ({ app, km } = await startRig());
});
afterAll(() => app.close());

describe('client registration', () => {
  it('answers with the client, and with the same one when it is asked again', async () => {
    const body = {
      clientName: 'cli',
      owner: 'admin@carbon.super',
      grantType: allGrants,
      callbackUrl: 'www.example.com',
      saasApp: true,
    };
    const first = await km.register('admin', admin, body);
    expect(first).toMatchObject({
      status: 200,
      body: {
        clientName: 'cli',
        callBackURL: 'www.example.com',
        appOwner: 'admin',
        tokenType: 'JWT',
        isSaasApplication: 'true',
      },
    });
    expect(JSON.parse(String(first.body['jsonString']))).toMatchObject({
      grant_types:
        'client_credentials refresh_token password authorization_code urn:ietf:params:oauth:grant-type:jwt-bearer',
    });
    const again = await km.register('admin', admin, body);
    expect(again.body).toEqual(first.body);
  });

  it('gives each owner a client of its own', async () => {
    const one = await km.register('admin', admin, { clientName: 'same-name' });
    const other = await km.register('carl', 'carl-password', { clientName: 'same-name' });
    expect(other.status).toBe(200);
    expect(other.body['clientId']).not.toBe(one.body['clientId']);
  });

  const contract = contractValidator('dcr-api-v0.17.yaml');
  it.skipIf(!contract)('answers as the contract says (left out without CONTRACTS_DIR)', async () => {
    const body = { clientName: 'by contract', grantType: allGrants };
    const answers = [await km.register('admin', admin, body), await km.register('admin', 'wrong', body)];
    const problems = answers.flatMap(
      (answer) => contract?.check({ method: 'POST', path: '/register', ...answer }) ?? [],
    );
    expect(problems).toEqual([]);
  });

  it.each([
    ['nobody', undefined, undefined, 401],
    ['a wrong password', 'admin', 'wrong', 401],
    ['a user without a role', 'nora', 'nora-password', 401],
  ])('refuses %s', async (_, user, password, status) => {
    const answer =
      user === undefined || password === undefined
        ? await km.send('POST', '/client-registration/v0.17/register', {
            headers: { 'content-type': 'application/json' },
            body: '{"clientName":"x"}',
          })
        : await km.register(user, password, { clientName: 'x' });
    expect(answer).toMatchObject({ status, body: { code: 900401, message: 'Unauthorized' } });
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'https://a.example/#x',
    'https://*.example/cb',
    'https://u:p@a.example/',
    '//a.example',
  ])('refuses the callback %s', async (callbackUrl) => {
    expect(await km.register('admin', admin, { clientName: 'bad-callback', callbackUrl })).toMatchObject({
      status: 400,
      body: { error: [{ code: 'callbackUrl' }] },
    });
  });

  it('lets only an administrator register for somebody else', async () => {
    expect((await km.register('carl', 'carl-password', { clientName: 'steal', owner: 'admin' })).status).toBe(403);
    expect(await km.register('admin', admin, { clientName: 'gift', owner: 'carl' })).toMatchObject({
      status: 200,
      body: { appOwner: 'carl' },
    });
    expect((await km.register('admin', admin, { clientName: 'ghost', owner: 'nobody' })).status).toBe(400);
  });
});
