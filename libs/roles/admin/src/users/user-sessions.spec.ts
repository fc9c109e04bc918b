import { Database, systemContext } from '@tollgate/database';
import { UserService } from '@tollgate/identity/server';
import { SignInSessions } from '@tollgate/oauth/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchAdmin, type LaunchedAdmin } from '../../test/launch-admin.js';

let admin: LaunchedAdmin;
let base: string;
const ctx = systemContext('carbon.super');

beforeAll(async () => {
  admin = await launchAdmin();
  base = `${admin.origin}/api/am/admin/v4/users`;
  await admin.running.http.nest.get(UserService).create(ctx, { userName: 'ann', password: 'quiet-Meadow-41-x' });
});
afterAll(() => admin.stop());

async function ask(method: string, path: string, as = 'carbon.super+apim:admin') {
  const answer = await fetch(base + path, { method, headers: { authorization: `Bearer ${as}` } });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) };
}

/** Signs ann in. @returns the uuid of the session */
async function begin(userAgent: string): Promise<string> {
  const { nest } = admin.running.http;
  const place = { organization: 'carbon.super', userName: 'ann', amr: ['pwd'], userAgent, address: '192.0.2.7' };
  return nest
    .get(Database)
    .transaction(ctx, async (tx) => (await nest.get(SignInSessions).begin(tx, place)).session.uuid);
}

describe('sessions of a user', () => {
  it('are listed and ended by an administrator, one or all', async () => {
    const [first, second] = [await begin('Browser A'), await begin('Browser B')];
    expect(await ask('GET', '/ann/sessions')).toMatchObject({
      status: 200,
      body: {
        count: 2,
        list: [
          { id: second, userAgent: 'Browser B', user: 'ann', address: '192.0.2.7', methods: ['pwd'] },
          { id: first, userAgent: 'Browser A' },
        ],
      },
    });
    expect(await ask('DELETE', `/ann/sessions/${first}`)).toMatchObject({ status: 204 });
    expect(await ask('DELETE', `/ann/sessions/${first}`)).toMatchObject({ status: 404 });
    expect(await ask('GET', '/ann/sessions')).toMatchObject({ body: { count: 1 } });
    expect(await ask('DELETE', '/ann/sessions')).toMatchObject({ status: 204 });
    expect(await ask('GET', '/ann/sessions')).toMatchObject({ body: { count: 0, list: [] } });
  });

  it('R-73 are closed to administrators of other organizations and to other scopes', async () => {
    const session = await begin('Browser C');
    expect(await ask('GET', '/ann/sessions', 'tenant.example+apim:admin')).toMatchObject({ status: 404 });
    expect(await ask('DELETE', `/ann/sessions/${session}`, 'tenant.example+apim:admin')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/ann/sessions', 'carbon.super+apim:subscribe')).toMatchObject({ status: 401 });
    expect(await ask('GET', '/nobody/sessions')).toMatchObject({ status: 404 });
    expect(await ask('DELETE', `/admin/sessions/${session}`)).toMatchObject({ status: 404 });
    expect(await ask('GET', '/ann/sessions')).toMatchObject({ body: { count: 1 } });
  });
});
