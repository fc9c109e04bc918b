import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyManagerPair, outcomes } from './support/key-manager-pair.js';
import { send } from './support/rest.js';

let pair: KeyManagerPair;
beforeAll(async () => {
  pair = await KeyManagerPair.start();
});
afterAll(() => pair.stop());

describe('two key managers', () => {
  it('R-08 V-33 let one of 50 parallel exchanges of one code win, and end what it gave', async () => {
    const value = await pair.code(pair.bases[0]);
    const answers = await pair.fifty((base) => pair.exchange(base, value));
    expect(outcomes(answers)).toEqual({ '200': 1, '400 invalid_grant': 49 });
    const won = answers.find(({ status }) => status === 200)?.body ?? {};
    const seen = await send('POST', `${pair.bases[1]}/oauth2/introspect`, {
      basic: pair.client,
      form: { token: String(won['access_token']) },
    });
    expect(seen.body).toEqual({ active: false });
    expect((await pair.refresh(pair.bases[1], String(won['refresh_token']))).body).toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('R-15 V-31 let one of 50 parallel uses of one refresh token win, whose successor lives', async () => {
    const first = await pair.exchange(pair.bases[1], await pair.code(pair.bases[0]));
    const answers = await pair.fifty((base) => pair.refresh(base, String(first.body['refresh_token'])));
    expect(outcomes(answers)).toEqual({ '200': 1, '400 invalid_grant': 49 });
    const won = answers.find(({ status }) => status === 200)?.body ?? {};
    expect((await pair.refresh(pair.bases[0], String(won['refresh_token']))).status).toBe(200);
  });
});
