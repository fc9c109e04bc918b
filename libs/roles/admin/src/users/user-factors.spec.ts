import { totpCode, totpStep } from '@tollgate/identity/domain';
import { Database, systemContext } from '@tollgate/database';
import { SecondFactors, UserService } from '@tollgate/identity/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchAdmin, type LaunchedAdmin } from '../../test/launch-admin.js';

let admin: LaunchedAdmin;
const ctx = systemContext('carbon.super');
const ann = { organization: 'carbon.super', userName: 'ann' };

beforeAll(async () => {
  admin = await launchAdmin();
  const roles = ['Internal/creator'];
  await admin.running.http.nest.get(UserService).create(ctx, { userName: 'ann', password: 'quiet-Meadow-41-x', roles });
});
afterAll(() => admin.stop());

async function ask(method: string, path: string, body?: object, as = 'carbon.super+apim:admin') {
  const headers = { authorization: `Bearer ${as}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  const sent = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  const answer = await fetch(`${admin.origin}/api/am/admin/v4${path}`, sent);
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

/** Ann adds an authenticator app. */
async function enrol(): Promise<void> {
  const { nest } = admin.running.http;
  const factors = nest.get(SecondFactors);
  await nest.get(Database).transaction(ctx, async (tx) => {
    const { secret } = await factors.enrol(tx, ann);
    const bits = Array.from(secret, (letter) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
    ).join('');
    const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
    expect(await factors.confirm(tx, ann, totpCode(Uint8Array.from(bytes), totpStep(Date.now())))).toBe(true);
    await factors.makeRecoveryCodes(tx, ann);
  });
}

describe('the second factor of a user', () => {
  it('is seen and taken away by an administrator of the organization alone', async () => {
    await enrol();
    const path = '/users/ann/second-factor';
    expect(await ask('GET', path)).toEqual({
      status: 200,
      body: { totp: true, recoveryCodesLeft: 10, required: false },
    });
    expect(await ask('DELETE', path, undefined, 'tenant.example+apim:admin')).toMatchObject({ status: 404 });
    expect(await ask('DELETE', path, undefined, 'carbon.super+apim:subscribe')).toMatchObject({ status: 401 });
    expect(await ask('DELETE', path)).toMatchObject({ status: 204 });
    expect(await ask('GET', path)).toMatchObject({ body: { totp: false, recoveryCodesLeft: 0 } });
    expect(await ask('GET', '/users/nobody/second-factor')).toMatchObject({ status: 404 });
  });

  it('is asked for by role in the tenant configuration', async () => {
    const { body } = await ask('GET', '/tenant-config');
    expect(body).toMatchObject({ SecondFactor: { RequiredForRoles: [] } });
    const required = (RequiredForRoles: string[]) =>
      ask('PUT', '/tenant-config', { SecondFactor: { RequiredForRoles } });
    expect(await required(['Internal/nobody'])).toMatchObject({ status: 400 });
    expect(await required(['Internal/creator'])).toMatchObject({
      status: 200,
      body: { SecondFactor: { RequiredForRoles: ['Internal/creator'] } },
    });
    expect(await ask('GET', '/users/ann/second-factor')).toMatchObject({ body: { required: true } });
    expect(await ask('PUT', '/tenant-config', {})).toMatchObject({
      body: { SecondFactor: { RequiredForRoles: ['Internal/creator'] } },
    });
    await required([]);
  });
});
