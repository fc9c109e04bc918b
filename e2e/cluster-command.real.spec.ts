import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { worksIn } from '@tollgate/services';
import { afterAll, describe, expect, it } from 'vitest';
import { send } from './support/rest.js';
import { root } from './support/settings.js';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-command-'));
/** Below the range from which the system gives out ports. */
const firstPort = 20_000 + Math.floor(Math.random() * 400) * 30;
const ready = 'Stop with Ctrl+C';
let running: Command | null = null;

interface Command {
  readonly child: ChildProcess;
  readonly printed: () => string;
  readonly ended: Promise<number | null>;
}

/** As npm starts it: below a shell that passes nothing on, in a process group of its own. */
async function startCommand(): Promise<Command> {
  const main = join(root, 'tools/cluster/dist/main.js');
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    npm_lifecycle_event: 'cluster',
    TOLLGATE_CLUSTER_FOLDER: folder,
    TOLLGATE_CLUSTER_PORT: String(firstPort),
  };
  const child = spawn('sh', ['-c', `'${process.execPath}' '${main}'; exit $?`], { env, detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const command = { child, printed: () => text, ended };
  running = command;
  await until(() => text.includes(ready) || child.exitCode !== null, 150_000);
  expect(text).toContain(ready);
  return command;
}

async function until(holds: () => boolean, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while (!holds() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Ids of processes that work in the folder: nodes and servers alike. */
function processesLeft(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => worksIn(pid, folder));
}

function signalGroup(command: Command, signal: NodeJS.Signals): void {
  if (command.child.pid) process.kill(-command.child.pid, signal);
}

const passwordIn = (text: string): string => /Admin password +(\S+)/.exec(text)?.[1] ?? '';
const addressesIn = (text: string): string[] => text.match(/https?:\/\/localhost:\d+/g) ?? [];

afterAll(async () => {
  if (running && running.child.exitCode === null && running.child.signalCode === null) signalGroup(running, 'SIGTERM');
  await until(() => processesLeft().length === 0, 20_000);
  for (const pid of processesLeft()) process.kill(pid, 'SIGKILL'); // after a failure: the next run needs the ports
  rmSync(folder, { recursive: true, force: true });
});

describe('npm run cluster', () => {
  it('prints addresses that answer, is cleaned up after kill -9 by its next start, goes on with the same password, and ends with its npm', async () => {
    const first = await startCommand();
    const addresses = addressesIn(first.printed());
    expect(addresses).toHaveLength(11);
    for (const address of addresses) expect((await send('GET', `${address}/`)).status).toBe(404);
    const password = passwordIn(first.printed());
    expect(password).toMatch(/^[0-9a-f]{24}$/);

    signalGroup(first, 'SIGKILL');
    await first.ended;
    expect(processesLeft(), 'the private servers are on their own').not.toEqual([]);

    const second = await startCommand();
    expect(passwordIn(second.printed())).toBe(password);
    const registered = await send('POST', `${addresses[0]}/client-registration/v0.17/register`, {
      basic: ['admin', password],
      json: {
        callbackUrl: 'a.test',
        clientName: 'again',
        owner: 'admin',
        grantType: 'client_credentials',
        saasApp: true,
      },
    });
    expect(registered.status).toBe(200);

    second.child.kill('SIGKILL'); // the shell alone, as when npm is ended
    await until(() => processesLeft().length === 0, 15_000);
    expect(processesLeft()).toEqual([]);
  }, 400_000);
});
