import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeProcess } from '@tollgate/cluster';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from './support/settings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-start-'));
});
const processes: NodeProcess[] = [];
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.kill())); // a test that ran out of time leaves one
  rmSync(folder, { recursive: true, force: true });
});

function processOf(app: string, args: readonly string[] = []): NodeProcess {
  const main = join(root, 'apps', app, 'dist/main.js');
  const process = new NodeProcess({ name: app, main, arguments: args, folder });
  processes.push(process);
  return process;
}

/** Starts an app that must not start. @returns its exit code and everything it printed */
async function refusedStart(
  app: string,
  toml: string,
  args: readonly string[] = [],
): Promise<{ code: number | null; printed: string }> {
  writeFileSync(join(folder, 'deployment.toml'), toml);
  const process = processOf(app, args);
  await process.start(30_000).catch((error: unknown) => error);
  const code = await process.stop();
  return { code, printed: process.printed };
}

const quiet = `[tollgate.management]
https_port = 0
http_port = 0
[tollgate.gateway]
https_port = 0
http_port = 0
`;

describe('a start that cannot work ends with code 1 and says what to do, without a stack', () => {
  it('lists every problem of deployment.toml with its line', async () => {
    const { code, printed } = await refusedStart(
      'all-in-one',
      '[server]\nofset = 1\n\n[database.apim_db]\ntype = "oracle"\n',
    );
    expect(code).toBe(1);
    expect(printed).toContain('deployment.toml:2 [server] ofset: there is no such key. Did you mean "offset"?');
    expect(printed).toContain('deployment.toml:5 [database.apim_db] type:');
    expect(printed).not.toMatch(/\n\s+at /);
  });

  it('names the database that cannot be reached, without its password', async () => {
    const { code, printed } = await refusedStart(
      'all-in-one',
      `${quiet}[database.apim_db]\ntype = "mariadb"\nurl = "mysql://app:geheim@127.0.0.1:1/app"\n[tollgate.encryption]\nkey = "${'1'.repeat(64)}"\n`,
    );
    expect(code).toBe(1);
    expect(printed).toContain('tollgate: Cannot open the mariadb server at 127.0.0.1:1/app');
    expect(printed).not.toContain('geheim');
    expect(printed).not.toMatch(/\n\s+at /);
  });

  it('asks for the encryption key that several processes must share', async () => {
    const { code, printed } = await refusedStart(
      'all-in-one',
      `${quiet}[database.apim_db]\ntype = "mariadb"\nurl = "mysql://app:x@127.0.0.1:1/app"\n`,
    );
    expect(code).toBe(1);
    expect(printed).toContain('tollgate: [tollgate.encryption] key is missing.');
  });

  it('names the broker that cannot be reached', async () => {
    const { code, printed } = await refusedStart(
      'control-plane',
      `${quiet}[apim.event_hub]\nevent_listening_endpoints = ["tcp://127.0.0.1:1"]\n`,
    );
    expect(code).toBe(1);
    expect(printed).toContain('tollgate: No broker can be reached: amqp://127.0.0.1:1');
    expect(printed).not.toMatch(/\n\s+at /);
  });

  it.each(['management', 'gateway'])('names the %s port that is taken', async (section) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const port = (server.address() as AddressInfo).port;
    const toml = quiet.replace(`[tollgate.${section}]\nhttps_port = 0`, `[tollgate.${section}]\nhttps_port = ${port}`);
    const { code, printed } = await refusedStart('all-in-one', toml);
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(1);
    expect(printed).toContain(`tollgate: Port ${port} is taken.`);
    expect(printed).not.toMatch(/\n\s+at /);
  });

  it('refuses roles and switches that it does not know', async () => {
    const unknown = await refusedStart('all-in-one', quiet, ['--roles', 'publisher,gatway']);
    expect(unknown.code).toBe(1);
    expect(unknown.printed).toContain('tollgate: --roles names no role of Tollgate: gatway.');
    const foreign = await refusedStart('gateway', quiet, ['--roles', 'publisher']);
    expect(foreign.printed).toContain('tollgate: This app does not have the role publisher.');
    const bad = await refusedStart('all-in-one', quiet, ['--smaple']);
    expect(bad.printed).toContain("tollgate: Unknown option '--smaple'");
  });
});

it('stops on SIGTERM with exit code 0 within ten seconds', async () => {
  writeFileSync(join(folder, 'deployment.toml'), quiet);
  const process = processOf('all-in-one');
  await process.start();
  const before = performance.now();
  expect(await process.stop()).toBe(0);
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(process.logged('process.stopped')).toHaveLength(1);
});

it('makes an administrator password at the first start, prints it once, and never writes it to the log', async () => {
  writeFileSync(join(folder, 'deployment.toml'), quiet);
  const process = processOf('all-in-one');
  await process.start();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const password = /Admin password\s+(\S{20,})\s+\(made for this installation/.exec(process.printed)?.[1];
  expect(password).toBeDefined();
  expect(process.printed.split(password ?? '')).toHaveLength(2);
  for (const portal of ['publisher', 'devportal', 'admin'])
    expect(process.printed).toMatch(new RegExp(`https://localhost:\\d+/${portal}`));
  await process.stop();
  await process.start();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(process.printed).not.toContain(password);
  expect(process.printed).toContain('as shown at the first start');
  await process.stop();
}, 90_000);
