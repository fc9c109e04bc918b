import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, NodeProcess } from '@tollgate/cluster';
import { createConnection } from 'mysql2/promise';
import { freshMysqlDatabase, type FreshDatabase } from '@tollgate/testing';
import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormPerson } from './support/form-person.js';
import { redirectUri } from './support/oauth-server.js';
import { send, type Answer } from './support/rest.js';
import { admin, root } from './support/settings.js';

/** Two key managers on one MariaDB, clients going to either in turn: no sticky sessions. */
const agent = new Agent({ connect: { rejectUnauthorized: false } });
let database: FreshDatabase;
let folders: string[];
let processes: NodeProcess[];
let bases: string[];
let client: readonly [string, string];

beforeAll(async () => {
  database = await freshMysqlDatabase();
  const ports = await freePorts(4);
  folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'tollgate-km-')));
  bases = [0, 1].map((i) => `https://localhost:${ports[i * 2]}`);
  processes = folders.map((folder, i) => {
    writeFileSync(join(folder, 'deployment.toml'), toml(bases[0] ?? '', ports[i * 2] ?? 0, ports[i * 2 + 1] ?? 0));
    const main = join(root, 'apps/key-manager/dist/main.js');
    return new NodeProcess({ name: `key manager ${i + 1}`, main, arguments: [], folder });
  });
  for (const process of processes) await process.start();
  const registered = await send('POST', `${bases[0]}/client-registration/v0.17/register`, {
    basic: admin,
    json: {
      clientName: 'racer',
      owner: admin[0],
      grantType: 'authorization_code refresh_token',
      callbackUrl: redirectUri,
      saasApp: true,
    },
  });
  const { clientId, clientSecret } = registered.body as Record<string, string>;
  client = [clientId ?? '', clientSecret ?? ''];
});
afterAll(async () => {
  for (const process of processes) await process.stop();
  await agent.close();
  await database.drop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function toml(shared: string, https: number, http: number): string {
  return `[super_admin]
username = "${admin[0]}"
password = "${admin[1]}"
[apim.key_manager]
service_url = "${shared}"
[database.apim_db]
type = "mariadb"
url = "${database.url}"
[tollgate.encryption]
key = "${'7'.repeat(64)}"
[tollgate.management]
https_port = ${https}
http_port = ${http}
`;
}

const verifier = randomBytes(32).toString('base64url');

/** Sign-in begins at one key manager and goes on wherever the pages lead. */
async function code(base: string, person = personAt(base)): Promise<string> {
  const url = new URL(`${base}/oauth2/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client[0],
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const found = (await person.authorize(url)).searchParams.get('code');
  if (found === null) throw new Error('No code');
  return found;
}

function personAt(base: string): FormPerson {
  return new FormPerson(base, agent, {
    fields: { username: admin[0], password: admin[1] },
    buttons: [
      ['action', 'allow'],
      ['action', 'step'],
    ],
  });
}

function exchange(base: string, value: string): Promise<Answer> {
  const form = { grant_type: 'authorization_code', code: value, redirect_uri: redirectUri, code_verifier: verifier };
  return send('POST', `${base}/oauth2/token`, { basic: client, form });
}

function refresh(base: string, token: string): Promise<Answer> {
  return send('POST', `${base}/oauth2/token`, {
    basic: client,
    form: { grant_type: 'refresh_token', refresh_token: token },
  });
}

async function fifty(ask: (base: string) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: 50 }, (_, i) => ask(bases[i % 2] ?? '')));
}

function outcomes(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const outcome = status === 200 ? '200' : `${status} ${String(body['error'])}`;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

describe('two key managers', () => {
  it('R-08 V-33 let one of 50 parallel exchanges of one code win, and end what it gave', async () => {
    const value = await code(bases[0] ?? '');
    const answers = await fifty((base) => exchange(base, value));
    expect(outcomes(answers)).toEqual({ '200': 1, '400 invalid_grant': 49 });
    const won = answers.find(({ status }) => status === 200)?.body ?? {};
    const seen = await send('POST', `${bases[1]}/oauth2/introspect`, {
      basic: client,
      form: { token: String(won['access_token']) },
    });
    expect(seen.body).toEqual({ active: false });
    expect((await refresh(bases[1] ?? '', String(won['refresh_token']))).body).toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('R-15 V-31 let one of 50 parallel uses of one refresh token win, whose successor lives', async () => {
    const first = await exchange(bases[1] ?? '', await code(bases[0] ?? ''));
    const answers = await fifty((base) => refresh(base, String(first.body['refresh_token'])));
    expect(outcomes(answers)).toEqual({ '200': 1, '400 invalid_grant': 49 });
    const won = answers.find(({ status }) => status === 200)?.body ?? {};
    expect((await refresh(bases[0] ?? '', String(won['refresh_token']))).status).toBe(200);
  });

  it('R-16 V-32 F-11 keep sessions, spent tokens and codes over kill -9', async () => {
    const [base = ''] = bases;
    const person = personAt(base);
    const spent = await code(base, person);
    const first = await exchange(base, spent);
    const token = String(first.body['refresh_token']);
    const second = await refresh(base, token);
    expect(second.status).toBe(200);
    // Its answer has arrived: the first one is spent for good, whoever repeats it (R-17).
    expect((await refresh(base, String(second.body['refresh_token']))).status).toBe(200);
    const unused = await code(base, person);
    await processes[0]?.kill();
    await processes[0]?.start();
    expect((await exchange(base, unused)).status).toBe(200);
    const silent = new URL(
      `${base}/oauth2/authorize?response_type=code&client_id=${client[0]}&scope=openid&prompt=none`,
    );
    expect((await person.authorize(silent)).searchParams.get('code')).toEqual(expect.any(String));
    expect((await refresh(base, token)).body).toMatchObject({ error: 'invalid_grant' });
  }, 60_000);

  it('F-36 R-08 end a code whose answer died with the key manager that had taken it', async () => {
    const value = await code(bases[1] ?? '');
    const form = { grant_type: 'authorization_code', code: value, redirect_uri: redirectUri, code_verifier: verifier };
    await killedAfterCommit('/oauth2/token', { form }, 'SELECT COUNT(*) AS n FROM authorization_code WHERE used = 1');
    const again = await fifty(() => exchange(bases[1] ?? '', value));
    expect(outcomes(again)).toEqual({ '400 invalid_grant': 50 });
    expect((await exchange(bases[1] ?? '', await code(bases[1] ?? ''))).status).toBe(200);
    await processes[0]?.start();
  }, 60_000);

  it('F-36 R-15 R-17 give a client one more successor whose answer died with the key manager', async () => {
    const first = await exchange(bases[1] ?? '', await code(bases[1] ?? ''));
    const token = String(first.body['refresh_token']);
    const form = { grant_type: 'refresh_token', refresh_token: token };
    await killedAfterCommit('/oauth2/token', { form }, 'SELECT COUNT(*) AS n FROM refresh_token');
    await sleep(2_100); // sooner it could be two uses at once
    const answers = await fifty(() => refresh(bases[1] ?? '', token));
    expect(outcomes(answers)).toEqual({ '200': 1, '400 invalid_grant': 49 });
    const won = answers.find(({ status }) => status === 200)?.body ?? {};
    expect((await refresh(bases[1] ?? '', String(won['refresh_token']))).status).toBe(200);
    await processes[0]?.start();
  }, 60_000);

  it('F-36 register a client anew whose answer died with the key manager, and nobody knows a secret of the first', async () => {
    const json = { client_name: 'lost', redirect_uris: [redirectUri], grant_types: ['client_credentials'] };
    const clients = "SELECT COUNT(*) AS n FROM oauth_client WHERE name = 'lost'";
    await killedAfterCommit('/oauth2/register', { json }, clients);
    const retried = await send('POST', `${bases[1]}/oauth2/register`, { basic: admin, json });
    expect(retried.status, retried.text).toBe(201);
    const own = [String(retried.body['client_id']), String(retried.body['client_secret'])] as const;
    const asked = { basic: own, form: { grant_type: 'client_credentials' } };
    await processes[0]?.start();
    for (const base of bases) expect((await send('POST', `${base}/oauth2/token`, asked)).status).toBe(200);
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
  const connection = await createConnection(database.url);
  const count = async (): Promise<number> => {
    const [rows] = await connection.query(counting);
    return Number((rows as { n: number }[])[0]?.n);
  };
  const before = await count();
  const socket = await mute(new URL(bases[0] ?? ''));
  const body = sent.form ? new URLSearchParams(sent.form).toString() : JSON.stringify(sent.json);
  const [name, password] = sent.form ? client : admin;
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
  await processes[0]?.kill();
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
