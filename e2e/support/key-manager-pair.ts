import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeProcess } from '@tollgate/cluster';
import { freePorts } from '@tollgate/services';
import { freshMysqlDatabase, type FreshDatabase } from '@tollgate/testing';
import { Agent } from 'undici';
import { FormPerson } from './form-person.js';
import { redirectUri } from './oauth-server.js';
import { send, type Answer } from './rest.js';
import { admin, root } from './settings.js';

/** What a client proves its code with. */
export const verifier = randomBytes(32).toString('base64url');

/** Two key managers on one MariaDB, clients going to either in turn: no sticky sessions. */
export class KeyManagerPair {
  readonly #agent = new Agent({ connect: { rejectUnauthorized: false } });
  /** Of one registered confidential client. */
  client: readonly [string, string] = ['', ''];

  private constructor(
    private readonly database: FreshDatabase,
    private readonly folders: readonly string[],
    readonly bases: readonly [string, string],
    readonly processes: readonly [NodeProcess, NodeProcess],
  ) {}

  static async start(): Promise<KeyManagerPair> {
    const database = await freshMysqlDatabase();
    const [firstHttps = 0, firstHttp = 0, secondHttps = 0, secondHttp = 0] = await freePorts(4);
    const bases = [`https://localhost:${firstHttps}`, `https://localhost:${secondHttps}`] as const;
    const folders: string[] = [];
    const node = (https: number, http: number): NodeProcess => {
      const folder = mkdtempSync(join(tmpdir(), 'tollgate-km-'));
      folders.push(folder);
      writeFileSync(join(folder, 'deployment.toml'), toml(database.url, bases[0], https, http));
      const main = join(root, 'apps/key-manager/dist/main.js');
      return new NodeProcess({ name: `key manager on ${https}`, main, arguments: [], folder });
    };
    const processes = [node(firstHttps, firstHttp), node(secondHttps, secondHttp)] as const;
    const pair = new KeyManagerPair(database, folders, bases, processes);
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
    const { clientId = '', clientSecret = '' } = registered.body as Record<string, string>;
    pair.client = [clientId, clientSecret];
    return pair;
  }

  async stop(): Promise<void> {
    for (const process of this.processes) await process.stop();
    await this.#agent.close();
    await this.database.drop();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** Sign-in begins at one key manager and goes on wherever the pages lead. */
  async code(base: string, person = this.personAt(base)): Promise<string> {
    const url = new URL(`${base}/oauth2/authorize`);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.client[0],
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    const found = (await person.authorize(url)).searchParams.get('code');
    if (found === null) throw new Error('No code');
    return found;
  }

  personAt(base: string): FormPerson {
    return new FormPerson(base, this.#agent, {
      fields: { username: admin[0], password: admin[1] },
      buttons: [
        ['action', 'allow'],
        ['action', 'step'],
      ],
    });
  }

  exchange(base: string, value: string): Promise<Answer> {
    const form = { grant_type: 'authorization_code', code: value, redirect_uri: redirectUri, code_verifier: verifier };
    return send('POST', `${base}/oauth2/token`, { basic: this.client, form });
  }

  refresh(base: string, token: string): Promise<Answer> {
    return send('POST', `${base}/oauth2/token`, {
      basic: this.client,
      form: { grant_type: 'refresh_token', refresh_token: token },
    });
  }

  /** Fifty at once, at both in turn. */
  fifty(ask: (base: string) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(Array.from({ length: 50 }, (_, i) => ask(this.bases[i % 2 === 0 ? 0 : 1])));
  }
}

function toml(databaseUrl: string, shared: string, https: number, http: number): string {
  return `[super_admin]
username = "${admin[0]}"
password = "${admin[1]}"
[apim.key_manager]
service_url = "${shared}"
[database.apim_db]
type = "mariadb"
url = "${databaseUrl}"
[tollgate.encryption]
key = "${'7'.repeat(64)}"
[tollgate.management]
https_port = ${https}
http_port = ${http}
`;
}

/** How often each came, as `200` or `400 invalid_grant`. */
export function outcomes(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const outcome = status === 200 ? '200' : `${status} ${String(body['error'])}`;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
