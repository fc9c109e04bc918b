import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeProcess } from '@tollgate/cluster';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { admin, onServers, root, type SingleInstallation } from './support/settings.js';

const main = join(root, 'apps/cli/dist/main.js');
let installation: SingleInstallation;
beforeAll(async () => {
  installation = await onServers();
}, 60_000);
afterAll(() => installation.stop());

function tollgate(...args: string[]): { code: number | null; output: string } {
  const env = { ...process.env, TOLLGATE_CLI_PASSWORD: admin[1] };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: installation.folder,
    env,
    encoding: 'utf8',
  });
  return { code: status, output: stdout + stderr };
}

const topology = (): string[] => {
  const [controlPlane = ''] = installation.controlPlanes;
  return ['--control-plane', controlPlane, '--user', admin[0], '--ca-file', 'data/tls/management.crt'];
};

it('finds a running installation well, and shows who is connected to whom', async () => {
  const { code, output } = await vi.waitFor(
    () => {
      const result = tollgate('doctor', ...topology());
      expect(result.output).toContain('ok       all nodes are well');
      return result;
    },
    { timeout: 20_000, interval: 500 },
  );
  expect(code).toBe(0);
  expect(output).not.toContain('problem');
  for (const what of ['database mariadb at', 'broker tcp://', 'Redis of the counters at', 'Redis of the job queue at'])
    expect(output).toMatch(new RegExp(`ok {7}${what}.* answers`));
  expect(output).toMatch(/traffic-manager-\S+ -> amqp:\/\/\S+ {2}request-events {2}live/);
});

it("refuses the control plane's own certificate unless it is named", () => {
  const { code, output } = tollgate('doctor', ...topology().slice(0, 4));
  expect(code).toBe(1);
  expect(output).toMatch(/certificate.*Name its certificate with --ca-file/s);
});

it('says which credentials of a broker are wrong, and ends with 1', () => {
  const toml = readFileSync(join(installation.folder, 'deployment.toml'), 'utf8');
  writeFileSync(join(installation.folder, 'wrong.toml'), toml.replace(/tcp:\/\/[^@]+@/, 'tcp://nobody:nothing@'));
  const { code, output } = tollgate('doctor', '--config', 'wrong.toml');
  expect(code).toBe(1);
  expect(output).toMatch(/problem {2}broker tcp:\/\/127\.0\.0\.1:\d+: .*(ACCESS.REFUSED|403).*user and password/s);
});

it('starts roles as the apps do', async () => {
  const folder = installation.folder;
  const toml = readFileSync(join(folder, 'deployment.toml'), 'utf8').replaceAll(/^https?_port = \d+$/gm, (line) =>
    line.replace(/\d+/, '0'),
  );
  writeFileSync(join(folder, 'second.toml'), toml);
  const process_ = new NodeProcess({
    name: 'cli',
    main,
    arguments: ['start', '--roles', 'traffic-manager,event-hub', '--config', 'second.toml'],
    folder,
  });
  await process_.start();
  expect(await process_.stop()).toBe(0);
});
