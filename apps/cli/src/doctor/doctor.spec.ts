import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { doctor } from './doctor.js';
import { topologyLines } from './topology-lines.js';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function examined(toml: string, ...more: string[]): Promise<{ code: number; lines: string[] }> {
  const file = join(folder, 'deployment.toml');
  writeFileSync(file, `[tollgate]\ndata_dir = "${folder}/data"\n${toml}`);
  const lines: string[] = [];
  const code = await doctor(['--config', file, ...more], {}, (line) => lines.push(line));
  return { code, lines };
}

it('finds the embedded default fine, and makes nothing', async () => {
  const { code, lines } = await examined('');
  expect(lines).toEqual([
    `ok       ${folder}/deployment.toml is understood`,
    'ok       wiring for publisher, devportal, admin, key-manager, event-hub, traffic-manager, gateway',
    `ok       database SQLite in ${folder}/data/tollgate.db answers`,
  ]);
  expect(code).toBe(0);
});

it('names every problem of a file that cannot be used', async () => {
  const { code, lines } = await examined('[server]\noffset = "x"\nhostnam = "h"\n');
  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^problem {2}configuration: .*deployment\.toml:4 \[server\] offset: /),
    expect.stringMatching(/^problem {2}configuration: .*deployment\.toml:5 \[server\] hostnam: there is no such key\./),
  ]);
});

it('asks everything that a gateway needs and says what does not answer, with the cure', async () => {
  const group = '[[apim.throttling.url_group]]\ntraffic_manager_urls = ["tcp://u:secret@127.0.0.1:1"]';
  const { code, lines } = await examined(
    `[apim.event_hub]\nservice_url = "http://127.0.0.1:1/services/"\nevent_listening_endpoints = ["tcp://127.0.0.1:1"]\n${group}`,
  );
  expect(code).toBe(1);
  expect(lines[1]).toContain('problem  wiring for gateway: [apim.throttling] throttle_decision_endpoints is empty');
  const [hub, manager, controlPlane] = lines.slice(2);
  expect(hub).toMatch(/^problem {2}broker tcp:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.*\. Check that it runs/);
  expect(manager).toMatch(/^problem {2}broker tcp:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/);
  expect(controlPlane).toMatch(/^problem {2}control plane http:\/\/127\.0\.0\.1:1: .*\[apim\.event_hub\] service_url/);
  expect(lines.join()).not.toContain('secret');
});

it('refuses to ask a control plane without a user, and an option that it does not know', async () => {
  await expect(examined('', '--control-plane', 'https://cp:9443')).rejects.toThrow('--control-plane needs --user');
  await expect(examined('', '--controlplane', 'x')).rejects.toThrow('--controlplane');
});

it('prints the topology as a table, with connections and problems', () => {
  const link = {
    purpose: 'decisions',
    address: 'amqp://tm:5672',
    state: 'away',
    lastError: 'refused',
    backlog: 4,
  } as const;
  const queue = {
    purpose: 'request-events',
    to: 'amqp://tm:5672',
    waiting: 3,
    sent: 9,
    retried: 1,
    dropped: 2,
  } as const;
  const node = {
    nodeId: 'gw-1',
    role: 'gateway',
    state: 'degraded',
    problems: ['2 events were dropped.'],
    seq: 7,
    lag: 1,
  };
  const lines = topologyLines(
    {
      controlPlane: { seq: 8 },
      healthy: false,
      brokers: [],
      nodes: [{ ...node, lastSeenAt: 1_000, deadLettered: 0, links: [link], queues: [queue] }],
    },
    4_000,
  );
  expect(lines).toEqual([
    'control plane at change 8, 1 nodes',
    'node  role     state     seq  lag  waiting  dropped  dead  seen',
    'gw-1  gateway  degraded  7    1    7        2        0     3 s ago',
    '',
    'gw-1 -> amqp://tm:5672  decisions  away',
    'problem  gw-1: 2 events were dropped.',
    'problem  not all nodes are well',
  ]);
});
