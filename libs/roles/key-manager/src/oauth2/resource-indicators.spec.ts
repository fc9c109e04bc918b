import { randomUUID } from 'node:crypto';
import { ClientService } from '@tollgate/oauth/server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, TestBrowser } from '../../test/browser.js';
import { allow, answerAt, authorizePath, callback, exchangeCode } from '../../test/code-flow.js';
import { basic, type Registered } from '../../test/key-manager-client.js';
import { admin, ctx, startRig, type Rig } from '../../test/rig.js';

const orders = 'https://orders.test/api';
const stock = 'urn:example:stock';
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
let rig: Rig;
let client: Registered;

beforeAll(async () => {
  rig = await startRig();
  client = await rig.app.db.transaction(ctx, async (tx) => {
    const made = await rig.app.get(ClientService).create(tx, {
      name: 'shop',
      owner: 'admin',
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', 'password', tokenExchange],
      callbackUrls: [callback],
      applicationUuid: randomUUID(),
      keyType: 'PRODUCTION',
      audiences: [orders, stock, 'no-uri'],
    });
    return { clientId: made.client.consumerKey, clientSecret: made.secret };
  });
});
afterAll(() => rig.app.close());

const query = (resources: readonly string[]) =>
  resources.map((each) => `&resource=${encodeURIComponent(each)}`).join('');

async function codeLimitedTo(resources: readonly string[]): Promise<string> {
  const visitor = TestBrowser.at(rig.app);
  const page = await visitor.go('GET', authorizePath(client.clientId) + query(resources));
  const signedIn = await signIn(visitor, page, 'admin', admin);
  const end = signedIn.text.includes('value="allow"') ? await allow(visitor, signedIn) : signedIn;
  return answerAt(end).get('code') ?? '';
}

function ask(form: string, by = client) {
  return rig.km.form('/oauth2/token', form, basic(by.clientId, by.clientSecret));
}
const audienceOf = (body: Record<string, unknown>) => decodeJwt(String(body['access_token'])).aud;
const refused = { status: 400, body: { error: 'invalid_target' } };

describe('resource indicators (RFC 8707)', () => {
  it('limit the audience of a token', async () => {
    const one = await ask(`grant_type=client_credentials${query([orders])}`);
    expect(audienceOf(one.body)).toBe(orders);
    const two = await ask(`grant_type=client_credentials${query([orders, stock, orders])}`);
    expect(audienceOf(two.body)).toEqual([orders, stock]);
    const all = await ask('grant_type=client_credentials');
    expect(audienceOf(all.body)).toEqual([client.clientId, orders, stock, 'no-uri']);
  });

  it.each([
    ['one that the client has not', 'https://elsewhere.test'],
    ['a good one and another', `${orders}&resource=https://elsewhere.test`],
    ['a part of one', 'https://orders.test'],
    ['a fragment', `${orders}%23x`],
    ['no URI', 'no-uri'],
    ['two in one', `${orders}%20${stock}`],
    ['the management surfaces', 'urn:tollgate:management'],
  ])('are refused for %s', async (_, resource) => {
    expect(await ask(`grant_type=client_credentials&resource=${resource}`)).toMatchObject(refused);
  });

  it('of the authorization hold for its code and every refresh, which may narrow them', async () => {
    const both = await exchangeCode(rig, client, await codeLimitedTo([orders, stock]));
    expect(audienceOf(both.body)).toEqual([orders, stock]);
    const one = await ask(
      `grant_type=refresh_token&refresh_token=${String(both.body['refresh_token'])}${query([stock])}`,
    );
    expect(audienceOf(one.body)).toBe(stock);
    const refresh = `grant_type=refresh_token&refresh_token=${String(one.body['refresh_token'])}`;
    const again = await ask(refresh);
    expect(audienceOf(again.body)).toEqual([orders, stock]);
    const narrow = await exchangeCode(rig, client, await codeLimitedTo([orders]), { resource: orders });
    expect(audienceOf(narrow.body)).toBe(orders);
    const spent = String(narrow.body['refresh_token']);
    expect(await ask(`grant_type=refresh_token&refresh_token=${spent}${query([stock])}`)).toMatchObject(refused);
    expect((await ask(`grant_type=refresh_token&refresh_token=${spent}`)).status).toBe(200); // not spent by the refusal
    expect(await exchangeCode(rig, client, await codeLimitedTo([orders]), { resource: stock })).toMatchObject(refused);
  });

  it('of a password request hold for its refreshes', async () => {
    const got = await ask(`grant_type=password&username=admin&password=${admin}${query([orders])}`);
    const refresh = `grant_type=refresh_token&refresh_token=${String(got.body['refresh_token'])}`;
    expect(await ask(refresh + query([stock]))).toMatchObject(refused);
    expect(audienceOf((await ask(refresh)).body)).toBe(orders);
  });

  it('are refused at the authorization endpoint and when a request is pushed', async () => {
    const page = await TestBrowser.at(rig.app).go(
      'GET',
      authorizePath(client.clientId) + query([orders, 'https://x.test']),
    );
    expect(answerAt(page).get('error')).toBe('invalid_target');
    const by = basic(client.clientId, client.clientSecret);
    const parameters = authorizePath(client.clientId).split('?')[1] ?? '';
    expect(await rig.km.form('/oauth2/par', `${parameters}${query(['https://x.test'])}`, by)).toMatchObject(refused);
    const pushed = await rig.km.form('/oauth2/par', `${parameters}${query([orders, stock])}`, by);
    const visitor = TestBrowser.at(rig.app);
    const pushedUri = encodeURIComponent(String(pushed.body['request_uri']));
    const asked = await visitor.go('GET', `/oauth2/authorize?client_id=${client.clientId}&request_uri=${pushedUri}`);
    const signedIn = await signIn(visitor, asked, 'admin', admin);
    const end = signedIn.text.includes('value="allow"') ? await allow(visitor, signedIn) : signedIn;
    const tokens = await exchangeCode(rig, client, answerAt(end).get('code') ?? '');
    expect(audienceOf(tokens.body)).toEqual([orders, stock]);
  });

  it('are the targets of a token exchange, with audience for names that are no URI', async () => {
    const subject = String((await rig.passwordGrant(client, 'admin', admin)).body['access_token']);
    const form = `grant_type=${encodeURIComponent(tokenExchange)}&subject_token=${subject}&subject_token_type=urn:ietf:params:oauth:token-type:access_token`;
    expect(audienceOf((await ask(`${form}&audience=no-uri${query([orders])}`)).body)).toEqual([orders, 'no-uri']);
    expect(await ask(`${form}&audience=elsewhere`)).toMatchObject(refused);
  });

  it('name the management surfaces for their own clients', async () => {
    const got = await ask('grant_type=client_credentials&resource=urn:tollgate:management', rig.portal);
    expect(audienceOf(got.body)).toBe('urn:tollgate:management');
  });
});
