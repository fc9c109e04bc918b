import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthenticatorRegistry } from '@tollgate/http';
import { launch, type Running } from '@tollgate/launcher';
import { schema } from '@tollgate/schema';
import { adminRole } from '../src/index.js';

export interface LaunchedAdmin {
  readonly running: Running;
  /** Of its plain HTTP listener. */
  readonly origin: string;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
}

/**
 * The admin app on a database of its own. Who calls stands in the header, so that a spec needs no key manager:
 * `Bearer organization+scope+scope`.
 */
export async function launchAdmin(): Promise<LaunchedAdmin> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-admin-'));
  const running = await launch({
    app: 'admin',
    roles: [adminRole],
    schema,
    arguments: { configFile: undefined, roles: undefined, switches: new Set() },
    env: {
      TOLLGATE_DATA_DIR: folder,
      TOLLGATE_LOG_LEVEL: 'silent',
      TOLLGATE_MANAGEMENT__HTTPS_PORT: '0',
      TOLLGATE_MANAGEMENT__HTTP_PORT: '0',
      TOLLGATE_SUPER_ADMIN__PASSWORD: 'A-good-password-1',
    },
  });
  running.http.nest.get(AuthenticatorRegistry).register('bearer', async (request) => {
    const [organization, ...scopes] = (/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '').split('+');
    return organization ? { organization, principal: { userName: 'admin', roles: ['admin'], scopes } } : null;
  });
  return {
    running,
    origin: `http://127.0.0.1:${running.http.ports().http}`,
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
