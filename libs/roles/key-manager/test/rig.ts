import type { DynamicModule } from '@nestjs/common';
import { createLogger } from '@tollgate/base';
import { systemContext } from '@tollgate/database';
import { OrganizationService, UserService, type NewUser } from '@tollgate/identity/server';
import { jobEntities, JobsModule } from '@tollgate/jobs';
import { ClientService } from '@tollgate/oauth/server';
import { startOAuthTestApp, type OAuthTestApp } from '@tollgate/oauth/testing';
import { KeyManagerModule } from '../src/key-manager.module.js';
import { KeyManagerClient, type Answer, type Registered } from './key-manager-client.js';

/** Password of the super administrator. */
export const admin = 'admin-password';
export const ctx = systemContext('carbon.super');
export const allGrants =
  'password refresh_token client_credentials authorization_code urn:ietf:params:oauth:grant-type:jwt-bearer';

/** A key manager that runs, with users, a tenant `tenant1.example` and two clients. */
export interface Rig {
  readonly app: OAuthTestApp;
  readonly km: KeyManagerClient;
  /** A client of the management surfaces. */
  readonly portal: Registered;
  /** A client of an application. */
  readonly applicationKey: Registered;
  /** In `carbon.super`. */
  readonly addUser: (userName: string, password: string, more?: Partial<NewUser>) => Promise<void>;
  readonly removeUser: (userName: string) => Promise<void>;
  readonly registered: (clientName: string, grantType?: string) => Promise<Registered>;
  readonly passwordGrant: (client: Registered, username: string, password: string, scope?: string) => Promise<Answer>;
}

/** Jobs of a process that ends soon. */
export function testJobs(): DynamicModule {
  const config = { tollgate: { jobs: {}, shutdown: { timeout_ms: 1000 } } };
  return JobsModule.forRoot(config, createLogger({ level: 'silent', node: 'test' }));
}

/** @param settings more TOML */
export async function startRig(settings = ''): Promise<Rig> {
  const toml = `[super_admin]\npassword = "${admin}"\n[oauth.grant_type.password]\nenable = true\n`;
  const app = await startOAuthTestApp({
    toml: toml + settings,
    imports: [testJobs(), KeyManagerModule],
    entities: [...jobEntities],
  });
  const km = new KeyManagerClient(app);
  await makePeople(app);
  const registered: Rig['registered'] = async (clientName, grantType = allGrants) => {
    const wanted = { clientName, owner: 'admin', grantType, callbackUrl: 'www.example.com', saasApp: true };
    const answer = await km.register('admin', admin, wanted);
    if (answer.status !== 200) throw new Error(`Registration answered ${answer.status}`);
    return answer.body as unknown as Registered;
  };
  return {
    app,
    km,
    addUser: async (userName, password, more = {}) => {
      await app.get(UserService).create(ctx, { userName, password, ...more });
    },
    removeUser: (userName) => app.get(UserService).delete(ctx, userName),
    registered,
    portal: await registered('portal'),
    applicationKey: await makeApplicationKey(app),
    passwordGrant: (client, username, password, scope = '') =>
      km.token(client, { grant_type: 'password', username, password, scope }),
  };
}

async function makePeople(app: OAuthTestApp): Promise<void> {
  const users = app.get(UserService);
  await users.create(ctx, { userName: 'carl', password: 'carl-password', roles: ['Internal/creator'] });
  await users.create(ctx, { userName: 'nora', password: 'nora-password' });
  const tenant = { domain: 'tenant1.example', admin: { userName: 'admin', password: 'tenant-password' } };
  await app.get(OrganizationService).create(ctx, tenant);
}

async function makeApplicationKey(app: OAuthTestApp): Promise<Registered> {
  return app.db.transaction(ctx, async (tx) => {
    const made = await app.get(ClientService).create(tx, {
      name: 'orders',
      owner: 'admin',
      grantTypes: ['client_credentials', 'password', 'refresh_token'],
      applicationUuid: '0e9b0a52-6a55-4b43-a0dc-6a6c2f0bb5a1',
      keyType: 'SANDBOX',
    });
    return { clientId: made.client.consumerKey, clientSecret: made.secret };
  });
}
