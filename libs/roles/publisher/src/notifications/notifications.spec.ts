import type { AddressInfo } from 'node:net';
import { ApiService, LifecycleService } from '@tollgate/api/server';
import { apiBodySchema } from '@tollgate/api/domain';
import { ApplicationService, SubscriptionService } from '@tollgate/application/server';
import { createLogger } from '@tollgate/base';
import { UserService } from '@tollgate/identity/server';
import { jobEntities, JobsModule } from '@tollgate/jobs';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { as, startSurface, type Surface } from '../../test/surface.js';
import { NotificationsModule } from './notifications.module.js';

const received: { to: string[]; subject: string }[] = [];
let smtp: SMTPServer;
let surface: Surface;

beforeAll(async () => {
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const subject = /^Subject: (.*)\r$/m.exec(Buffer.concat(parts).toString())?.[1] ?? '';
        received.push({ to: session.envelope.rcptTo.map((one) => one.address), subject });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const { port } = smtp.server.address() as AddressInfo;
  const jobs = JobsModule.forRoot(
    { tollgate: { jobs: {}, shutdown: { timeout_ms: 1000 } } },
    createLogger({ level: 'silent', node: 'spec' }),
  );
  const toml = `[output_adapter.email]\nfrom_address = "no-reply@apis.example"\nhostname = "127.0.0.1"\nport = ${port}\nenable_start_tls = false\n`;
  surface = await startSurface({ toml, imports: [jobs, NotificationsModule], entities: [...jobEntities] });
});
afterAll(async () => {
  await surface?.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});

const publisher = as('ann', ['Internal/publisher']);
async function publish(name: string, version: string): Promise<string> {
  const input = apiBodySchema.parse({ policies: ['Unlimited'] });
  const api = await surface
    .get(ApiService)
    .create(publisher, { identity: { name, context: `/${name}`, version }, input });
  await surface.get(LifecycleService).change(publisher, api.uuid, 'Publish');
  return api.uuid;
}

async function subscribe(userName: string, apiUuid: string): Promise<void> {
  const roles = ['Internal/subscriber'];
  await surface
    .get(UserService)
    .create(as('admin', ['admin']), { userName, password: 'Password-1', roles, email: `${userName}@example.com` });
  const ctx = as(userName, roles);
  const application = await surface
    .get(ApplicationService)
    .create(ctx, { name: 'A', tier: 'Unlimited', description: '', attributes: {}, tokenType: 'JWT', groups: [] });
  await surface.get(SubscriptionService).create(ctx, { apiUuid, applicationUuid: application.uuid, plan: 'Unlimited' });
}

it('tells subscribers of earlier versions, and nobody else, that a new version is there; re-publishing tells nobody', async () => {
  const first = await publish('pizza', '1');
  await subscribe('sue', first);
  await subscribe('otto', await publish('other', '1'));
  const second = await publish('pizza', '2');
  await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 15_000 });
  const lifecycle = surface.get(LifecycleService);
  await lifecycle.change(publisher, second, 'Block');
  await lifecycle.change(publisher, second, 'Re-Publish');
  await publish('pizza', '3');
  await vi.waitFor(() => expect(received).toHaveLength(2), { timeout: 15_000 });
  expect(received).toEqual([
    { to: ['sue@example.com'], subject: 'New version 2 of pizza' },
    { to: ['sue@example.com'], subject: 'New version 3 of pizza' },
  ]);
});
