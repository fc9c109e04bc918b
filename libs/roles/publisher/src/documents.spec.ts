import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi, fieldsOf, form, listOf } from '../test/requests.js';
import { contract, startSurface, type Send, type Surface } from '../test/surface.js';

let surface: Surface;
let ann: Send; // creator and publisher
let bob: Send; // another one
beforeAll(async () => {
  surface = await startSurface();
  ann = await surface.user('ann', ['Internal/creator', 'Internal/publisher']);
  bob = await surface.user('bob', ['Internal/creator', 'Internal/publisher']);
});
afterAll(() => surface.close());

const guide = { name: 'Guide', type: 'HOWTO', sourceType: 'MARKDOWN', visibility: 'API_LEVEL' };
const idOf = ({ body }: { body: Record<string, unknown> }): string => String(body['documentId']);

describe('the documents of an API', () => {
  it('hold text that is written at once or later, and are listed, changed and deleted', async () => {
    const base = `/apis/${await createApi(ann)}/documents`;
    const made = await ann('POST', base, { ...guide, summary: 'Begin here', inlineContent: '# One' });
    expect(made).toMatchObject({ status: 201, body: { ...guide, summary: 'Begin here', createdBy: 'ann' } });
    const one = `${base}/${idOf(made)}`;
    expect(made.headers.get('location')).toBe(`/api/am/publisher/v4${one}`);
    const first = await ann('GET', `${one}/content`);
    expect([first.body['text'], first.headers.get('content-type')]).toEqual(['# One', 'text/plain; charset=utf-8']);
    expect((await ann('POST', `${one}/content`, form({ inlineContent: '# Two' }))).status).toBe(200);
    expect((await ann('GET', `${one}/content`)).body['text']).toBe('# Two');
    const changed = await ann('PUT', one, { ...guide, name: 'Guide 2', sourceType: 'INLINE' });
    expect(changed.body).toMatchObject({ name: 'Guide 2', sourceType: 'INLINE' });
    expect((await ann('GET', `${one}/content`)).body['text']).toBe('# Two');
    expect(listOf((await ann('GET', `${base}?limit=1`)).body)).toMatchObject([{ name: 'Guide 2' }]);
    expect((await ann('DELETE', one)).status).toBe(200);
    expect((await ann('GET', one)).status).toBe(404);
  });

  it('hold files byte for byte, as attachments that no browser shows in our origin', async () => {
    const base = `/apis/${await createApi(ann)}/documents`;
    const one = `${base}/${idOf(await ann('POST', base, { ...guide, sourceType: 'FILE' }))}`;
    expect((await ann('GET', `${one}/content`)).status).toBe(404);
    const bytes = Buffer.from([0xff, 0xd8, 0x00, 0x3c]);
    const parts = new FormData();
    parts.append('file', new Blob([bytes], { type: 'text/html' }), "Ann's plan (ü).html");
    expect((await ann('POST', `${one}/content`, parts)).body).toMatchObject({ fileName: "Ann's plan (ü).html" });
    const { headers } = await ann('GET', `${one}/content`);
    expect(headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''Ann%27s%20plan%20%28%C3%BC%29.html");
    expect([headers.get('x-content-type-options'), headers.get('content-length')]).toEqual(['nosniff', '4']);
    expect((await ann('PUT', one, guide)).body).not.toHaveProperty('fileName');
    expect((await ann('GET', `${one}/content`)).status).toBe(404);
  });

  it('lead to an address', async () => {
    const base = `/apis/${await createApi(ann)}/documents`;
    const url = { ...guide, sourceType: 'URL', sourceUrl: 'https://docs.example/guide' };
    const made = await ann('POST', base, url);
    const answer = await ann('GET', `${base}/${idOf(made)}/content`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://docs.example/guide']);
  });

  it('are refused with the field that is wrong', async () => {
    const base = `/apis/${await createApi(ann)}/documents`;
    const refused = async (changes: object) => fieldsOf((await ann('POST', base, { ...guide, ...changes })).body);
    expect(await refused({ name: '' })).toEqual(['name']);
    expect(await refused({ name: ' Guide' })).toEqual(['name']);
    expect(await refused({ name: 'x'.repeat(61) })).toEqual(['name']);
    expect(await refused({ type: 'POEM' })).toEqual(['type']);
    expect(await refused({ type: 'OTHER' })).toEqual(['otherTypeName']);
    expect(await refused({ sourceType: 'URL', sourceUrl: 'javascript:alert(1)' })).toEqual(['sourceUrl']);
    expect(await refused({ sourceType: 'FILE', inlineContent: 'text' })).toEqual(['inlineContent']);
    const one = `${base}/${idOf(await ann('POST', base, guide))}`;
    const file = new Blob(['x']);
    expect(fieldsOf((await ann('POST', `${one}/content`, form({ file }))).body)).toEqual(['file']);
    expect(fieldsOf((await ann('POST', `${one}/content`, form({}))).body)).toEqual(['file']);
    expect(fieldsOf((await ann('POST', `${one}/content`, form({ file, inlineContent: 'x' }))).body)).toEqual(['file']);
  });

  it('have names of their own in the API, and a stale change is refused', async () => {
    const base = `/apis/${await createApi(ann)}/documents`;
    expect((await ann('POST', `${base}/validate?name=Guide`)).status).toBe(404);
    const made = await ann('POST', base, guide);
    expect((await ann('POST', `${base}/validate?name=Guide`)).status).toBe(200);
    expect((await ann('POST', base, guide)).status).toBe(409);
    const [one, match] = [`${base}/${idOf(made)}`, { 'if-match': made.headers.get('etag') ?? '' }];
    expect((await ann('PUT', one, { ...guide, summary: 'first' }, match)).status).toBe(200);
    expect((await ann('PUT', one, { ...guide, summary: 'second' }, match)).status).toBe(412);
    expect((await ann('GET', one)).body).toMatchObject({ summary: 'first' });
  });

  it('are seen only by their author and the owner of the API when they say so', async () => {
    const base = `/apis/${await createApi(ann)}/documents`;
    const own = { ...guide, name: 'Own', visibility: 'OWNER_ONLY' };
    const one = `${base}/${idOf(await ann('POST', base, own))}`;
    expect((await ann('GET', one)).status).toBe(200);
    expect((await bob('GET', one)).status).toBe(404);
    expect((await bob('DELETE', one)).status).toBe(404);
    expect((await bob('GET', base)).body).toMatchObject({ count: 0 });
  });

  it('come along with a new version as copies, and go with their API', async () => {
    const apiId = await createApi(ann);
    await ann('POST', `/apis/${apiId}/documents`, { ...guide, inlineContent: '# One' });
    const copy = await ann('POST', `/apis/copy-api?apiId=${apiId}&newVersion=2.0.0`);
    const base = `/apis/${String(copy.body['id'])}/documents`;
    const [document = {}] = listOf((await ann('GET', base)).body);
    expect((await ann('DELETE', `/apis/${apiId}`)).status).toBe(200);
    expect((await ann('GET', `${base}/${String(document['documentId'])}/content`)).body['text']).toBe('# One');
  });
});

it.skipIf(contract === null)("answers in the contract's shapes", () => {
  expect(surface.differences).toEqual([]);
});
