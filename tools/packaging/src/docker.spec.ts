import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, ports } from '@tollgate/config';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkDeployment, filledSecret, rolesOfApp, type PackagedProcess } from './check-deployment.js';

const docker = join(import.meta.dirname, '../../../docker');
/** Every app is a server with an image, but the command line tool. */
/** Portals are pages that the processes serve; they have no process of their own. */
const apps = readdirSync(join(docker, '../apps')).filter((app) => app !== 'cli' && !app.endsWith('-portal'));
const dockerfile = readFileSync(join(docker, 'Dockerfile'), 'utf8');

interface ComposeService {
  readonly image: string;
  readonly build?: { readonly dockerfile: string; readonly context: string; readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

const compose = (file: string): Compose => parse(readFileSync(join(docker, file), 'utf8'), { merge: true }) as Compose;
const ours = (file: string): [string, ComposeService][] =>
  Object.entries(compose(file).services).filter(([, service]) => service.image.startsWith('tollgate/'));

/** What the service's process would read, with `${NAME:?…}` filled in. */
function processOf(name: string, service: ComposeService): PackagedProcess {
  const mounted = service.volumes?.find((volume) => volume.endsWith(':/etc/tollgate/deployment.toml:ro'));
  const app = service.build?.target ?? '';
  const env = Object.entries(service.environment ?? {}).map(([key, value]) => [
    key,
    String(value).replace(/^\$\{(\w+):\?.*\}$/, (_, variable: string) => filledSecret(variable)),
  ]);
  const toml = mounted ? readFileSync(join(docker, mounted.split(':')[0] ?? ''), 'utf8') : '';
  return { name, app, roles: rolesOfApp(app), toml, env: Object.fromEntries(env) as Record<string, string> };
}

describe('docker/Dockerfile', () => {
  const stages = [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)\n((?:(?!FROM ).*\n?)*)/gm)].map(
    ([, from, name, body]) => ({ from, name: name ?? '', body: body ?? '' }),
  );

  it('has a target for each app and no other, and starts that app in exec form', () => {
    const targets = stages.filter(({ from }) => from === 'runtime');
    expect(targets.map(({ name }) => name).toSorted()).toEqual(apps.toSorted());
    for (const { name, body } of targets)
      expect(body).toContain(`ENTRYPOINT ["node", "/app/apps/${name}/dist/main.js"]\n`);
  });

  it('exposes the default ports of the configuration', () => {
    const open = ports(loadConfig({ toml: '', env: {} }));
    const exposed = (name: string): string[] => {
      const body = stages.find((stage) => stage.name === name)?.body ?? '';
      return [...body.matchAll(/^EXPOSE (.+)$/gm)].flatMap(([, list]) => (list ?? '').split(' '));
    };
    expect(exposed('runtime')).toEqual([String(open.management_https)]);
    for (const app of ['gateway', 'all-in-one'])
      expect(exposed(app)).toEqual(
        [open.gateway_http, open.gateway_https, open.gateway_ws, open.gateway_wss].map(String),
      );
    const check = readFileSync(join(docker, 'healthcheck.mjs'), 'utf8');
    expect(check).toContain(`?? ${open.management_http})`);
  });

  it('runs without root and ends by SIGTERM', () => {
    const runtime = stages.find(({ name }) => name === 'runtime')?.body ?? '';
    expect(runtime).toMatch(/^USER 1000:1000$/m);
    expect(runtime).toMatch(/^STOPSIGNAL SIGTERM$/m);
  });

  it('copies only what is in the build context', () => {
    const ignore = readFileSync(join(docker, 'Dockerfile.dockerignore'), 'utf8').split('\n');
    for (const line of ignore.filter((text) => text.startsWith('!')))
      expect([line, existsSync(join(docker, '..', line.slice(1)))]).toEqual([line, true]);
    const { workspaces } = JSON.parse(readFileSync(join(docker, '../package.json'), 'utf8')) as {
      workspaces: string[];
    };
    const taken = ignore.filter((text) => text.startsWith('!')).map((text) => text.slice(1));
    for (const pattern of workspaces) {
      const top = pattern.split('/')[0] ?? '';
      expect([pattern, taken.some((path) => path.split('/')[0] === top)]).toEqual([pattern, true]);
    }
  });
});

describe.each(globSync('compose.*.yaml', { cwd: docker }))('docker/%s', (file) => {
  it('names only secrets, volumes, services and build targets that are there', () => {
    const all = compose(file);
    for (const [name, service] of Object.entries(all.services)) {
      if (service.build) {
        expect(apps).toContain(service.build.target);
        expect(service.image).toBe(`tollgate/${service.build.target}`);
        expect(existsSync(join(docker, service.build.context, service.build.dockerfile))).toBe(true);
      }
      for (const secret of service.secrets ?? []) expect(Object.keys(all.secrets ?? {})).toContain(secret);
      for (const other of Object.keys(service.depends_on ?? {})) expect(Object.keys(all.services)).toContain(other);
      for (const volume of service.volumes ?? []) {
        const source = volume.split(':')[0] ?? '';
        if (source.startsWith('.'))
          expect([name, source, existsSync(join(docker, source))]).toEqual([name, source, true]);
        else expect(Object.keys(all.volumes ?? {})).toContain(source);
      }
    }
  });

  it.each(ours(file))('%s has a configuration and variables that a start takes', (name, service) => {
    const config = checkDeployment(processOf(name, service));
    const open = Object.values(ports(config)).map(String);
    for (const published of service.ports ?? []) expect(open).toContain(published.split(':').at(-1));
  });

  it('has no password of its own', () => {
    for (const [, service] of Object.entries(compose(file).services))
      for (const [key, value] of Object.entries(service.environment ?? {}))
        if (/PASS|KEY|AUTH/.test(key) && key !== 'MARIADB_RANDOM_ROOT_PASSWORD')
          expect([key, value]).toEqual([key, expect.stringMatching(/^\$\{\w+:\?.*\}$/)]);
  });
});

describe('docker/distributed', () => {
  const files = readdirSync(join(docker, 'distributed')).filter((name) => name.endsWith('.toml'));
  const services = ours('compose.distributed.yaml').map(([name, service]) => processOf(name, service));

  it('has no file that no service uses, and no secret in a file', () => {
    const used = new Set(services.map(({ toml }) => toml));
    for (const name of files) {
      const toml = readFileSync(join(docker, 'distributed', name), 'utf8');
      expect([name, used.has(toml)]).toEqual([name, true]);
      for (const [line] of toml.matchAll(/^(?:password|key) = .*$/gm)) expect(line).toMatch(/"\$env\{\w+\}"$/);
    }
  });

  it('gives every process a name of its own', () => {
    const names = services.map((one) => checkDeployment(one).tollgate.node_id ?? '');
    expect(names.toSorted()).toEqual(services.map(({ name }) => name).toSorted());
  });

  it('makes every variable that the compose file asks for, and a certificate for the common name', () => {
    const script = readFileSync(join(docker, 'distributed/prepare.sh'), 'utf8');
    const asked = readFileSync(join(docker, 'compose.distributed.yaml'), 'utf8').matchAll(/\$\{(\w+):\?/g);
    for (const [, variable] of asked) expect(script).toContain(`echo "${variable}=$(random `);
    for (const { name, roles, ...one } of services.filter(({ app }) => app !== 'control-plane')) {
      const config = checkDeployment({ name, roles, ...one });
      expect(script).toContain(`DNS:${new URL(config.apim.event_hub.service_url ?? '').hostname},`);
    }
  });
});
