import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './load.js';
import type { TollgateConfig } from './schema.js';

const load = (toml: string, env: Record<string, string | undefined> = {}): TollgateConfig => loadConfig({ toml, env });

function problemsOf(toml: string, env: Record<string, string | undefined> = {}): readonly string[] {
  try {
    load(toml, env);
  } catch (error) {
    if (error instanceof StartupError) return error.problems;
    throw error;
  }
  return [];
}

describe('defaults', () => {
  it('an empty file gives the embedded default', () => {
    const config = load('');
    expect(config.server).toEqual({ hostname: 'localhost', offset: 0 });
    expect(config.super_admin).toEqual({ username: 'admin' });
    expect(config.database.apim_db).toEqual({ type: 'sqlite', pool_size: 10 });
    expect(config.tollgate.gateway).toMatchObject({ http_port: 8280, https_port: 8243, event_flush_ms: 50 });
    expect(config.oauth.grant_type.password.enable).toBe(false);
    expect(config.apim.sync_runtime_artifacts.gateway.gateway_labels).toEqual(['Default']);
  });

  it('the result is frozen through and through', () => {
    const config = load('');
    expect(Object.isFrozen(config.apim.throttling.url_group)).toBe(true);
    expect(Object.isFrozen(config.tollgate.gateway)).toBe(true);
    expect(Object.isFrozen(load('').apim.cors.allow_methods)).toBe(true);
  });

  it('two loads share no defaults', () => {
    expect(load('').apim.throttling.url_group).not.toBe(load('').apim.throttling.url_group);
  });
});

describe('environment', () => {
  it.each([
    [{ TOLLGATE_SERVER__OFFSET: '3' }, (c: TollgateConfig) => c.server.offset, 3],
    [{ TOLLGATE_DATA_DIR: '/var/t' }, (c: TollgateConfig) => c.tollgate.data_dir, '/var/t'],
    [{ TOLLGATE_GATEWAY__EVENT_FLUSH_MS: '4' }, (c: TollgateConfig) => c.tollgate.gateway.event_flush_ms, 4],
    [{ TOLLGATE_TOLLGATE__GATEWAY__EVENT_FLUSH_MS: '5' }, (c: TollgateConfig) => c.tollgate.gateway.event_flush_ms, 5],
    [
      { TOLLGATE_OAUTH__GRANT_TYPE__PASSWORD__ENABLE: 'true' },
      (c: TollgateConfig) => c.oauth.grant_type.password.enable,
      true,
    ],
    [{ TOLLGATE_SUPER_ADMIN__PASSWORD: '123' }, (c: TollgateConfig) => c.super_admin.password, '123'],
    [
      { TOLLGATE_NETWORK__ALLOW_PRIVATE: 'loopback, 10.0.0.0/8' },
      (c: TollgateConfig) => c.tollgate.network.allow_private,
      ['loopback', '10.0.0.0/8'],
    ],
    [
      { TOLLGATE_APIM__GATEWAY__ENVIRONMENT__0__NAME: 'Eu' },
      (c: TollgateConfig) => c.apim.gateway.environment.map((e) => e.name),
      ['Eu'],
    ],
    [{ TOLLGATE_TEST_MYSQL_URL: 'x' }, (c: TollgateConfig) => c.server.offset, 0],
  ])('%j', (env, pick, expected) => {
    expect(pick(load('', env))).toEqual(expected);
  });

  it('wins over the file', () => {
    expect(load('[server]\noffset = 1', { TOLLGATE_SERVER__OFFSET: '2' }).server.offset).toBe(2);
  });

  it('an unknown variable is refused with the nearest known one', () => {
    expect(problemsOf('', { TOLLGATE_SERVER__OFSET: '2' })).toEqual([
      'TOLLGATE_SERVER__OFSET: there is no such key. Did you mean "TOLLGATE_SERVER__OFFSET"?',
    ]);
  });

  it('a value of the wrong type names the variable, not the file, and does not show the value', () => {
    const problems = problemsOf('[server]\noffset = 1', { TOLLGATE_SERVER__OFFSET: 'hush' });
    expect(problems).toEqual(['TOLLGATE_SERVER__OFFSET: Invalid input: expected number, received string.']);
  });

  it('an index that leaves a gap is refused', () => {
    expect(problemsOf('', { TOLLGATE_APIM__GATEWAY__ENVIRONMENT__1__NAME: 'x' })).toEqual([
      'deployment.toml [apim.gateway.environment] 0: Invalid input: expected object, received undefined.',
    ]);
  });

  it('a variable that names a table is refused', () => {
    expect(problemsOf('', { TOLLGATE_SERVER: 'x' })).toEqual([
      'TOLLGATE_SERVER: Invalid input: expected object, received string.',
    ]);
  });
});

describe('references', () => {
  it('$ref takes the value of another key, also one from the environment or a default', () => {
    const toml = '[apim.event_hub]\nusername = "$ref{super_admin.username}"\npassword = "$ref{super_admin.password}"';
    const config = load(toml, { TOLLGATE_SUPER_ADMIN__PASSWORD: 'pw' });
    expect(config.apim.event_hub).toMatchObject({ username: 'admin', password: 'pw' });
  });

  it('$env takes a variable and the type that the key asks for', () => {
    expect(load('[server]\noffset = "$env{MOVE}"', { MOVE: '7' }).server.offset).toBe(7);
  });

  it('what leads nowhere is named with its line', () => {
    const toml = '[server]\nhostname = "$env{NOBODY}"\nnode_ip = "$ref{super_admin.password}"';
    expect(problemsOf(toml)).toEqual([
      'deployment.toml:2 [server] hostname: the environment variable NOBODY is not set. Set it, or write the value here.',
      'deployment.toml:3 [server] node_ip: $ref{super_admin.password} points to a key that is not set. Set super_admin.password, or write the value here.',
    ]);
  });

  it('a circle is refused', () => {
    const toml = '[server]\nhostname = "$ref{server.node_ip}"\nnode_ip = "$ref{server.hostname}"';
    expect(problemsOf(toml).join('\n')).toMatch(/refers to itself/);
  });
});

describe('problems', () => {
  it('are listed all at once, each with its line', () => {
    const toml = '[server]\nofset = 1\n\n[tollgate.gateway]\nevent_flush_ms = 0\n[tolgate]\nx = 1';
    expect([...problemsOf(toml)].sort()).toEqual([
      'deployment.toml:2 [server] ofset: there is no such key. Did you mean "offset"?',
      'deployment.toml:5 [tollgate.gateway] event_flush_ms: Too small: expected number to be >=1.',
      'deployment.toml:6 tolgate: there is no such key. Did you mean "tollgate"?',
    ]);
  });

  it('text that is no TOML is refused with its line', () => {
    expect(problemsOf('[server]\nhostname = \n')).toEqual([
      expect.stringMatching(/^deployment\.toml:\d: .*Correct the line\.$/),
    ]);
  });

  it('a file that is not there is refused by name', () => {
    expect(() => loadConfig({ file: '/nowhere/deployment.toml', env: {} })).toThrow(
      'Cannot read /nowhere/deployment.toml (ENOENT)',
    );
  });
});

const seeds = process.env['SEED_TOPOLOGY_DIR'];

describe.skipIf(!seeds)('the files of a real distributed deployment (left out without SEED_TOPOLOGY_DIR)', () => {
  const files = seeds ? readdirSync(seeds).filter((name) => name.endsWith('.toml')) : [];

  it('are there', () => expect(files.length).toBeGreaterThan(0));

  it.each(files)('%s loads unchanged', (name) => {
    const config = loadConfig({ file: join(seeds ?? '', name), env: { TOLLGATE_SUPER_ADMIN__PASSWORD: 'pw' } });
    expect(config.apim.event_hub.password).toBe('pw');
    expect(config.apim.event_hub.event_listening_endpoints.length).toBeGreaterThan(0);
  });
});
