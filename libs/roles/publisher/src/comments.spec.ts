import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi, listOf } from '../test/requests.js';
import { contract, startSurface, type Send, type Surface } from '../test/surface.js';

let surface: Surface;
let ann: Send;
let bob: Send;
const both = ['Internal/creator', 'Internal/publisher'];
beforeAll(async () => {
  surface = await startSurface();
  [ann, bob] = [await surface.user('ann', both), await surface.user('bob', both)];
});
afterAll(() => surface.close());

it('keeps what people who make the API say to each other, of an API in any state', async () => {
  const path = `/apis/${await createApi(ann)}/comments`;
  const made = await ann('POST', path, { content: 'Ready to publish?', category: 'review' });
  const id = String(made.body['id']);
  expect(made).toMatchObject({ status: 201, body: { entryPoint: 'publisher', createdBy: 'ann', category: 'review' } });
  expect(made.headers.get('location')).toBe(`/api/am/publisher/v4${path}/${id}`);
  await bob('POST', `${path}?replyTo=${id}`, { content: 'Yes' });
  const { body } = await ann('GET', path);
  expect(listOf(body)).toMatchObject([{ content: 'Ready to publish?', replies: { list: [{ content: 'Yes' }] } }]);
  expect((await bob('PATCH', `${path}/${id}`, { content: 'No' })).status).toBe(403);
  expect((await bob('DELETE', `${path}/${id}`)).status).toBe(403);
  const moderator = await surface.user('mona', ['admin']);
  expect((await moderator('DELETE', `${path}/${id}`)).status).toBe(200);
  expect(listOf((await ann('GET', path)).body)).toEqual([]);
});

it('asks for a scope of comments to write, and for one of APIs or comments to read', async () => {
  const path = `/apis/${await createApi(ann)}/comments`;
  const reader = await surface.user('rita', both, { scopes: ['apim:comment_view'] });
  expect((await reader('GET', path)).status).toBe(200);
  expect((await reader('POST', path, { content: 'Hello' })).status).toBe(401);
});

it.skipIf(contract === null)('answers as the contract says', () => {
  expect(surface.differences).toEqual([]);
});
