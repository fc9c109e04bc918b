import { DocumentService } from '@tollgate/api/server';
import { as, publishApi } from '@tollgate/application/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contract, startPortal, type Portal, type Send } from '../test/portal.js';

let portal: Portal;
let ann: Send;
let api: string;
const author = as('carol', ['Internal/creator']);

beforeAll(async () => {
  portal = await startPortal();
  ann = await portal.subscriber('ann');
  api = await publishApi(portal.app, 'Shop');
});
afterAll(() => portal.stop());

async function write(apiId: string, name: string, visibility: 'API_LEVEL' | 'PRIVATE' | 'OWNER_ONLY'): Promise<string> {
  const document = { name, type: 'HOWTO', summary: '', sourceType: 'MARKDOWN', visibility } as const;
  const made = await portal.app.get(DocumentService).create(author, apiId, { ...document, inlineContent: `# ${name}` });
  return made.uuid;
}

const namesOf = async (send: Send): Promise<unknown[]> =>
  ((await send('GET', `/apis/${api}/documents`)).body.list ?? []).map(({ name }) => name);

it('shows visitors, users and authors the documents that are for them', async () => {
  const open = await write(api, 'Open', 'API_LEVEL');
  const members = await write(api, 'Members', 'PRIVATE');
  const own = await write(api, 'Own', 'OWNER_ONLY');
  expect(await namesOf(portal.visitor)).toEqual(['Open']);
  expect(await namesOf(ann)).toEqual(['Open', 'Members']);
  expect(await namesOf(await portal.subscriber('carol'))).toEqual(['Open', 'Members', 'Own']);
  const status = async (send: Send, id: string, below = '') =>
    (await send('GET', `/apis/${api}/documents/${id}${below}`)).status;
  for (const below of ['', '/content']) {
    expect(await status(portal.visitor, open, below)).toBe(200);
    expect(await status(portal.visitor, members, below)).toBe(404);
    expect(await status(ann, members, below)).toBe(200);
    expect(await status(ann, own, below)).toBe(404);
  }
  const content = await ann('GET', `/apis/${api}/documents/${open}/content`);
  expect(content.body).toEqual({ text: '# Open' });
  expect(content.headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

it('shows no document of an API that is not shown', async () => {
  const hidden = await publishApi(portal.app, 'Hidden', { actions: [] });
  const id = await write(hidden, 'Draft', 'API_LEVEL');
  for (const path of ['', `/${id}`, `/${id}/content`])
    expect((await ann('GET', `/apis/${hidden}/documents${path}`)).status).toBe(403);
  expect((await ann('GET', `/apis/${api}/documents/${id}`)).status).toBe(404);
});

it.skipIf(contract === null)('answers as the contract says', () => {
  expect(portal.differences).toEqual([]);
});
