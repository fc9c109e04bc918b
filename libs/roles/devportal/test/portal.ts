import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { superOrganization } from '@tollgate/base';
import { Database, SeedRegistry } from '@tollgate/database';
import { createHttpApp, HttpModule, loadOrMakeCertificate } from '@tollgate/http';
import { OrganizationService, UserService } from '@tollgate/identity/server';
import { ClientService, ScopeGranter, TokenIssuer } from '@tollgate/oauth/server';
import { contractValidator } from '@tollgate/testing';
import { as, coreModule, HandClock, log } from '@tollgate/application/testing';
import { DevportalModule } from '../src/index.js';

export interface Answer {
  readonly status: number;
  // The specs say what they expect of a body.
  readonly body: Record<string, unknown> & { list?: Record<string, unknown>[] };
  readonly headers: Headers;
}
export type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

const allScopes = ['apim:subscribe', 'apim:app_manage', 'apim:sub_manage', 'apim:api_key', 'apim:store_settings'];

/** null without CONTRACTS_DIR. */
export const contract = contractValidator('devportal-api-v3.yaml');
/** Right for every operation, also where the contract names only what its authors thought of. */
const allowStatus = [400, 401, 403, 404, 409, 412, 413, 415, 422];
const ownPaths = /openapi\.json$|^\/sign-up$|\/try-out$/;

/** The role's surface over HTTP, on the real domains and a fresh database. */
export async function startPortal() {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-devportal-'));
  // The real time: tokens are verified by it.
  const clock = new HandClock(Date.now());
  const { module, db } = await coreModule(clock);
  class Root {}
  Module({ imports: [module, HttpModule.forRoot({ log }), DevportalModule] })(Root);
  const certificate = await loadOrMakeCertificate({ folder, name: 'management', hostname: 'localhost' });
  const https = { port: 0, host: '127.0.0.1', certificate };
  const app = await createHttpApp(Root, { https, http: { port: 0, host: '127.0.0.1' }, maxBodyBytes: 100_000, log });
  await app.nest.get(SeedRegistry).runAll(app.nest.get(Database));
  await app.listen();
  const differences: string[] = [];
  const origin = `http://127.0.0.1:${app.ports().http}`;

  function sender(token: string | null): Send {
    return async (method, path, body, extra = {}) => {
      const headers: Record<string, string> = {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...extra,
      };
      if (body !== undefined) headers['content-type'] ??= 'application/json';
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const url = path.startsWith('/api/') ? origin + path : `${origin}/api/am/devportal/v3${path}`;
      const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: text }) });
      const received = await answer.text();
      const isJson = answer.headers.get('content-type')?.includes('json') === true;
      const body_ = isJson ? (JSON.parse(received) as Answer['body']) : { text: received };
      const parsed = received === '' ? undefined : body_;
      const short = path.replace(/^\/api\/am\/devportal(\/v3)?/, '').replace(/\/(?=$|\?)/, '');
      if (contract && !ownPaths.test(short))
        differences.push(...contract.check({ method, path: short, status: answer.status, body: parsed, allowStatus }));
      return { status: answer.status, body: parsed ?? {}, headers: answer.headers };
    };
  }

  return {
    app: app.nest,
    db,
    clock,
    /** How the answers so far differ from the contract. */
    differences,
    visitor: sender(null),
    withToken: sender,
    /** A new subscriber who sends a token with the portal's scopes. */
    async subscriber(
      userName: string,
      options: { organization?: string; roles?: string[]; scopes?: string[] } = {},
    ): Promise<Send> {
      const organization = options.organization ?? superOrganization;
      const scopes = options.scopes ?? allScopes;
      const admin = as('admin', ['admin'], organization);
      const { roles = ['Internal/subscriber'] } = options;
      await app.nest.get(UserService).create(admin, { userName, password: 'Password-1-of-specs', roles });
      const { client } = await db.transaction(admin, (tx) =>
        app.nest
          .get(ClientService)
          .create(tx, { name: `portal of ${userName}`, owner: userName, grantTypes: ['client_credentials'] }),
      );
      const granted = await app.nest.get(ScopeGranter).grant(client, organization, roles, scopes);
      const { accessToken } = await app.nest.get(TokenIssuer).issueAccessToken({ client, scopes: granted });
      return sender(accessToken);
    },
    async tenant(domain: string): Promise<void> {
      const admin = { userName: 'admin', password: 'Password-1-of-specs' };
      await app.nest.get(OrganizationService).create(as('admin', ['admin']), { domain, admin });
    },
    async stop(): Promise<void> {
      await app.close();
      if (db.dataSource.isInitialized) await db.dataSource.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}
export type Portal = Awaited<ReturnType<typeof startPortal>>;
