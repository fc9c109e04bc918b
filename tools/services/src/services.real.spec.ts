import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endLeftovers, ownerFile, ownerMark, pidsFile } from './leftovers.js';
import { freePort } from './free-port.js';
import { speaksRedis } from './probe.js';
import { startServices } from './start-services.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tollgate-spec-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('startServices', () => {
  it('a killed server comes back on its port with what it had acknowledged', async () => {
    const services = await startServices({ folder, kinds: ['redis'], ports: { redis: await freePort() } });
    const server = services.redis!;
    const client = new Redis(server.url, { retryStrategy: () => 50 });
    client.on('error', () => undefined); // refused while it is down: expected here
    await client.config('SET', 'appendfsync', 'always');
    await client.set('kept', 'yes');
    await server.kill();
    expect(await speaksRedis(server.port)).toBe(false);
    await server.again();
    expect(await client.get('kept')).toBe('yes');
    client.disconnect();
    await services.stop();
    expect(await speaksRedis(server.port)).toBe(false);
  });

  it('a taken port is refused by number', async () => {
    const first = await startServices({ folder, kinds: ['redis'] });
    const other = mkdtempSync(join(tmpdir(), 'tollgate-spec-'));
    const port = first.redis!.port;
    await expect(startServices({ folder: other, kinds: ['redis'], ports: { redis: port } })).rejects.toThrow(
      `Port ${port} for redis is taken`,
    );
    await first.stop();
    rmSync(other, { recursive: true });
  });

  it('a folder that a living run uses is refused', async () => {
    const first = await startServices({ folder, kinds: ['redis'] });
    await expect(startServices({ folder, kinds: ['redis'] })).rejects.toThrow('is in use by a run that is still alive');
    await first.stop();
  });
});

describe('endLeftovers', () => {
  it('ends a recorded process that works in the folder, and spares one that does not', async () => {
    const dir = join(folder, 'redis');
    mkdirSync(dir);
    const ours = spawn('sleep', ['60'], { cwd: dir });
    const stranger = spawn('sleep', ['60'], { cwd: tmpdir() });
    writeFileSync(join(dir, pidsFile), `${ours.pid}\n${stranger.pid}\n`);
    writeFileSync(join(folder, ownerFile), `${process.pid} 1`); // our pid, but given out at another time: the owner is dead
    const gone = new Promise((resolve) => ours.once('exit', (_, signal) => resolve(signal)));
    expect(await endLeftovers(folder)).toBe(1);
    expect(await gone).toBe('SIGTERM');
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });

  it('marks its owner by pid and start time', () => {
    expect(ownerMark()).toMatch(existsSync('/proc') ? /^\d+ \d+$/ : /^\d+ $/);
  });
});
