import { ApiService, CommentService } from '@tollgate/api/server';
import { superOrganization } from '@tollgate/base';
import { UserService } from '@tollgate/identity/server';
import { as, publishApi } from '@tollgate/application/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contract, startPortal, type Portal, type Send } from '../test/portal.js';

let portal: Portal;
let ann: Send;
let bob: Send;
const creator = as('carol', ['Internal/creator']);

beforeAll(async () => {
  portal = await startPortal();
  [ann, bob] = [await portal.subscriber('ann'), await portal.subscriber('bob')];
});
afterAll(() => portal.stop());

let number = 0;
const newApi = (): Promise<string> => publishApi(portal.app, `Shop${++number}`);
const say = async (who: Send, path: string, content: string): Promise<string> => {
  const made = await who('POST', path, { content });
  expect(made.status).toBe(201);
  return String(made.body['id']);
};
const textsIn = (list: unknown): unknown[] => (list as { content: string }[]).map(({ content }) => content);

it('shows everybody comments, newest first, each with its first replies', async () => {
  const path = `/apis/${await newApi()}/comments`;
  const first = await say(ann, path, 'How do I page?');
  const second = await say(bob, path, 'Great');
  await say(bob, `${path}?replyTo=${first}`, 'With limit');
  for (let i = 0; i < 26; i++) await say(ann, `${path}?replyTo=${second}`, `Reply ${i}`);
  const { body } = await portal.visitor('GET', path);
  expect(textsIn(body.list)).toEqual(['Great', 'How do I page?']);
  expect(body['pagination']).toMatchObject({ total: 2 });
  const [great, page] = body.list ?? [];
  expect(page).toMatchObject({
    createdBy: 'ann',
    category: 'general',
    entryPoint: 'devPortal',
    replies: { count: 1, list: [{ content: 'With limit', createdBy: 'bob', parentCommentId: first }] },
  });
  expect(great?.['replies']).toMatchObject({ count: 25, pagination: { total: 26 } });
  const rest = await ann('GET', `${path}/${second}/replies?offset=25`);
  expect(textsIn(rest.body.list)).toEqual(['Reply 25']);
  const one = await ann('GET', `${path}/${second}?replyLimit=1&replyOffset=2`);
  expect(textsIn((one.body['replies'] as { list: unknown }).list)).toEqual(['Reply 2']);
});

it('says who of the publishers wrote, with the name when it is asked for', async () => {
  const apiUuid = await newApi();
  const users = portal.app.get(UserService);
  const carol = { userName: 'carol', password: 'Password-1-of-specs', givenName: 'Carol', familyName: 'Cook' };
  await users.create(as('admin', ['admin'], superOrganization), { ...carol, roles: [] });
  const comments = portal.app.get(CommentService);
  await comments.add(creator, { apiUuid, entryPoint: 'publisher' }, { content: 'Version 2 is out', category: 'news' });
  const commenterInfo = { firstName: 'Carol', lastName: 'Cook', fullName: 'Carol Cook' };
  const named = await ann('GET', `/apis/${apiUuid}/comments?includeCommenterInfo=true`);
  expect(named.body.list).toMatchObject([{ entryPoint: 'publisher', category: 'news', commenterInfo }]);
  expect((await ann('GET', `/apis/${apiUuid}/comments`)).body.list?.[0]).not.toHaveProperty('commenterInfo');
});

it('lets authors change what they wrote, and nobody else', async () => {
  const path = `/apis/${await newApi()}/comments`;
  const one = `${path}/${await say(ann, path, 'Helo')}`;
  expect((await ann('GET', one)).body).not.toHaveProperty('updatedTime');
  const refused = await bob('PATCH', one, { content: 'Hello' });
  expect(refused).toMatchObject({
    status: 403,
    body: { description: expect.stringContaining('Somebody else wrote this') },
  });
  const changed = await ann('PATCH', one, { content: 'Hello' });
  expect(changed.body).toMatchObject({ content: 'Hello', category: 'general', updatedTime: expect.any(String) });
  expect(changed.headers.get('etag')).toBe('"2"');
});

it('lets authors and administrators delete a comment, with its replies', async () => {
  const path = `/apis/${await newApi()}/comments`;
  const one = `${path}/${await say(ann, path, 'Buy pills')}`;
  const reply = await say(bob, `${path}?replyTo=${one.split('/').at(-1)}`, 'No');
  expect((await bob('DELETE', one)).status).toBe(403);
  expect((await ann('DELETE', one, undefined, { 'if-match': '"7"' })).status).toBe(412);
  const moderator = await portal.subscriber('mona', { roles: ['admin'], scopes: ['apim:admin'] });
  expect((await moderator('DELETE', one)).status).toBe(200);
  expect((await ann('GET', one)).status).toBe(404);
  expect((await ann('GET', `${path}/${reply}`)).status).toBe(404);
  const own = `${path}/${await say(ann, path, 'Mine')}`;
  expect((await ann('DELETE', own)).status).toBe(200);
});

it('refuses visitors, text that is empty or too long, and replies to replies', async () => {
  const path = `/apis/${await newApi()}/comments`;
  expect((await portal.visitor('POST', path, { content: 'Hello' })).status).toBe(401);
  for (const content of ['', '  ', 'x'.repeat(513)])
    expect(await ann('POST', path, { content })).toMatchObject({ status: 400, body: { error: [{ code: 'content' }] } });
  const one = await say(ann, path, 'One');
  const reply = await say(ann, `${path}?replyTo=${one}`, 'Two');
  const nested = await ann('POST', `${path}?replyTo=${reply}`, { content: 'Three' });
  expect(nested).toMatchObject({ status: 400, body: { error: [{ code: 'replyTo' }] } });
  expect((await ann('POST', `${path}?replyTo=nothing`, { content: 'Four' })).status).toBe(404);
});

it('keeps comments and ratings to their API: others do not show them, and deletion takes them along', async () => {
  const [here, elsewhere] = [await newApi(), await newApi()];
  const one = await say(ann, `/apis/${here}/comments`, 'Here');
  expect((await ann('GET', `/apis/${elsewhere}/comments/${one}`)).status).toBe(404);
  const hidden = await publishApi(portal.app, 'Draft', { actions: [] });
  expect((await ann('GET', `/apis/${hidden}/comments`)).status).toBe(404);
  expect((await ann('POST', `/apis/${hidden}/comments`, { content: 'Psst' })).status).toBe(404);
  expect((await ann('PUT', `/apis/${hidden}/user-rating`, { rating: 5 })).status).toBe(403);
  await ann('PUT', `/apis/${here}/user-rating`, { rating: 5 });
  const owner = as('admin', ['admin']);
  await portal.app.get(ApiService).delete(owner, here);
  const left = await portal.db.dataSource.query<{ n: number }[]>(
    'SELECT COUNT(*) AS n FROM api_comment WHERE uuid = ?',
    [one],
  );
  expect(left).toEqual([{ n: 0 }]);
});

it('counts one rating a user, and shows the average where APIs are listed', async () => {
  const api = await newApi();
  const rate = (who: Send, rating: unknown) => who('PUT', `/apis/${api}/user-rating`, { rating });
  expect((await ann('GET', `/apis/${api}/user-rating`)).body).toEqual({ apiId: api, ratedBy: 'ann', rating: 0 });
  expect((await ann('GET', `/apis/${api}`)).body['avgRating']).toBe('0.0');
  expect((await rate(ann, 1)).status).toBe(200);
  expect((await rate(ann, 4)).body).toMatchObject({ ratedBy: 'ann', rating: 4 });
  expect((await rate(bob, 5)).status).toBe(200);
  const { body } = await ann('GET', `/apis/${api}/ratings`);
  expect(body).toMatchObject({ avgRating: '4.5', userRating: 4, count: 2 });
  expect((await portal.visitor('GET', `/apis/${api}/ratings`)).body).toMatchObject({ avgRating: '4.5', userRating: 0 });
  const name = `Shop${number}`;
  for (const list of [`/apis?query=name:"${name}"`, `/search?query=name:"${name}"`])
    expect((await portal.visitor('GET', list)).body.list, list).toMatchObject([{ name, avgRating: '4.5' }]);
  expect((await ann('GET', `/apis/${api}`)).body['avgRating']).toBe('4.5');
  expect((await ann('DELETE', `/apis/${api}/user-rating`)).status).toBe(200);
  expect((await ann('GET', `/apis/${api}/ratings`)).body).toMatchObject({ avgRating: '5.0', userRating: 0, count: 1 });
  for (const wrong of [0, 6, 2.5, '5'])
    expect(await rate(ann, wrong)).toMatchObject({ status: 400, body: { error: [{ code: 'rating' }] } });
});

it('counts once when a user rates twice at the same moment', async () => {
  const api = await newApi();
  const put = (rating: number) => ann('PUT', `/apis/${api}/user-rating`, { rating });
  const answers = await Promise.all([put(1), put(2), put(3)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await ann('GET', `/apis/${api}/ratings`)).body['count']).toBe(1);
});

it.skipIf(contract === null)('answers as the contract says', () => {
  expect(portal.differences).toEqual([]);
});
