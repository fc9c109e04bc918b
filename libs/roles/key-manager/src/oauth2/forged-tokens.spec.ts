import { createPrivateKey, createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretBox } from '@tollgate/base';
import { forgedTokens } from '@tollgate/oauth/forged-tokens';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic } from '../../test/key-manager-client.js';
import { admin, startRig, type Rig } from '../../test/rig.js';

let rig: Rig;
let good: string;
let forged: Record<string, string>;
let trapped = 0;
const trap = createServer((_, response) => {
  trapped++;
  response.end('{"keys":[]}');
});

beforeAll(async () => {
  rig = await startRig();
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  const answer = await rig.km.token(rig.applicationKey, { grant_type: 'client_credentials' });
  good = String(answer.body['access_token']);
  const kid = String(decodeProtectedHeader(good).kid);
  const rows: { kid: string; privateKeySealed: string; publicJwk: string }[] =
    await rig.app.db.dataSource.query('SELECT * FROM signing_key');
  const row = rows.find((each) => each.kid === kid);
  if (!row) throw new Error('no key');
  const privateKey = createPrivateKey(rig.app.get(SecretBox).open(row.privateKeySealed, 'signing-key'));
  forged = forgedTokens({
    kid,
    privateKey,
    publicKey: createPublicKey(privateKey),
    publicJwk: JSON.parse(row.publicJwk) as object,
    claims: decodeJwt(good),
    trap: `http://127.0.0.1:${(trap.address() as AddressInfo).port}`,
  });
});
afterAll(async () => {
  trap.close();
  await rig.app.close();
});

const introspect = async (token: string): Promise<object> =>
  (await rig.km.form('/oauth2/introspect', { token }, basic('admin', admin))).body;

describe.each(['cold', 'warm'])('at introspection with a %s cache', (cache) => {
  it('R-35 V-06 V-40 no forged token is active, and none makes us ask anybody', async () => {
    expect(Object.keys(forged).length).toBeGreaterThan(110);
    if (cache === 'warm') expect(await introspect(good)).toMatchObject({ active: true });
    const taken: string[] = [];
    for (const [name, token] of Object.entries(forged)) {
      const answer = await introspect(token);
      // A token beyond the limit of a parameter is an error of the request itself.
      if (!('active' in answer) ? !('error' in answer) : answer.active !== false) taken.push(name);
    }
    expect(taken).toEqual([]);
    expect(trapped).toBe(0);
    expect(await introspect(good)).toMatchObject({ active: true });
  });
});
