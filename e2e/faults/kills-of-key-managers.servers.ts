import { connect, type TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyManagerPair, outcomes, verifier } from '../support/key-manager-pair.js';
import { redirectUri } from '../support/oauth-server.js';
import { send } from '../support/rest.js';
import { admin } from '../support/settings.js';

let pair: KeyManagerPair;
beforeAll(async () => {
  pair = await KeyManagerPair.start();
});
afterAll(() => pair.stop());

describe('two key managers, one of which is killed', () => {
  it('R-16 V-32 F-11 keep sessions, spent tokens and codes over kill -9', async () => {
    const [base] = pair.bases;
    const person = pair.personAt(base);
    const spent = await pair.code(base, person);
    const first = await pair.exchange(base, spent);
    const token = String(first.body['refresh_token']);
    const second = await pair.refresh(base, token);
    expect(second.status).toBe(200);
    // Its answer has arrived: the first one is spent for good, whoever repeats it (R-17).
    expect((await pair.refresh(base, String(second.body['refresh_token']))).status).toBe(200);
    const unused = await pair.code(base, person);
    await pair.processes[0].kill();
    await pair.processes[0].start();
    expect((await pair.exchange(base, unused)).status).toBe(200);
    const silent = new URL(
      `${base}/oauth2/authorize?response_type=code&client_id=${pair.client[0]}&scope=openid&prompt=none`,
    );
    expect((await person.authorize(silent)).searchParams.get('code')).toEqual(expect.any(String));
    expect((await pair.refresh(base, token)).body).toMatchObject({ error: 'invalid_grant' });
  }, 60_000);

  it('F-36 R-08 end a code whose answer died with the key manager that had taken it', async () => {
    const value = await pair.code(pair.bases[1]);
    const form = { grant_type: 'authorization_code', code: value, redirect_uri: redirectUri, code_verifier: verifier };
    await killedAfterCommit('/oauth2/token', { form }, 'SELECT COUNT(*) AS n FROM authorization_code WHERE used = 1');
    const again = await pair.fifty(() => pair.exchange(pair.bases[1], value));
    expect(outcomes(again)).toEqual({ '400 invalid_grant': 50 });
    expect((await pair.exchange(pair.bases[1], await pair.code(pair.bases[1]))).status).toBe(200);
    await pair.processes[0].start();
  }, 60_000);

  it('F-36 R-15 R-17 give a client one more successor whose answer died with the key manager', async () => {
    const first = await pair.exchange(pair.bases[1], await pair.code(pair.bases[1]));
    const token = String(first.body['refresh_token']);
    const form = { grant_type: 'refresh_token', refresh_token: token };
    await killedAfterCommit('/oauth2/token', { form }, 'SELECT COUNT(*) AS n FROM refresh_token');
    await sleep(2_100); // sooner it could be two uses at once
    const answers = await pair.fifty(() => pair.refresh(pair.bases[1], token));
    expect(outcomes(answers)).toEqual({ '200': 1, '400 invalid_grant': 49 });
    const won = answers.find(({ status }) => status === 200)?.body ?? {};
    expect((await pair.refresh(pair.bases[1], String(won['refresh_token']))).status).toBe(200);
    await pair.processes[0].start();
  }, 60_000);

  it('F-36 register a client anew whose answer died with the key manager, and nobody knows a secret of the first', async () => {
    const json = { client_name: 'lost', redirect_uris: [redirectUri], grant_types: ['client_credentials'] };
    const clients = "SELECT COUNT(*) AS n FROM oauth_client WHERE name = 'lost'";
    await killedAfterCommit('/oauth2/register', { json }, clients);
    const retried = await send('POST', `${pair.bases[1]}/oauth2/register`, { basic: admin, json });
    expect(retried.status, retried.text).toBe(201);
    const own = [String(retried.body['client_id']), String(retried.body['client_secret'])] as const;
    const asked = { basic: own, form: { grant_type: 'client_credentials' } };
    await pair.processes[0].start();
    for (const base of pair.bases) expect((await send('POST', `${base}/oauth2/token`, asked)).status).toBe(200);
  }, 60_000);
});

/**
 * Sends a request to the first key manager and kills it with -9 as soon as the database has what it did. Nobody reads the
 * answer.
 * @param counting a query whose number `n` grows by the commit
 */
async function killedAfterCommit(
  path: string,
  sent: { readonly form?: Record<string, string>; readonly json?: object },
  counting: string,
): Promise<void> {
  const connection = await createConnection(pair.databaseUrl);
  const count = async (): Promise<number> => {
    const [rows] = await connection.query(counting);
    return Number((rows as { n: number }[])[0]?.n);
  };
  const before = await count();
  const socket = await mute(new URL(pair.bases[0]));
  const body = sent.form ? new URLSearchParams(sent.form).toString() : JSON.stringify(sent.json);
  const [name, password] = sent.form ? pair.client : admin;
  socket.write(
    [
      `POST ${path} HTTP/1.1`,
      'Host: localhost',
      `Authorization: Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
      `Content-Type: ${sent.form ? 'application/x-www-form-urlencoded' : 'application/json'}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
  const untilMs = Date.now() + 10_000;
  while ((await count()) === before) if (Date.now() > untilMs) throw new Error('Nothing was committed');
  await pair.processes[0].kill();
  socket.destroy();
  await connection.end();
}

/** A connection that nobody reads from. */
async function mute(to: URL): Promise<TLSSocket> {
  const socket = connect({ host: 'localhost', port: Number(to.port), rejectUnauthorized: false });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  socket.on('error', () => undefined); // its end is the point
  return socket.pause();
}
