import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, ports } from '@tollgate/config';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { checkDeployment, filledSecret } from './check-deployment.js';
import { renderChart } from './render-chart.js';

const chart = join(import.meta.dirname, '../../../helm/tollgate');
const apps = readdirSync(join(chart, '../../apps'));
const open = ports(loadConfig({ toml: '', env: {} }));

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
  }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: object;
  readonly readinessProbe: object;
  readonly livenessProbe: object;
}

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
    readonly scaleTargetRef: { readonly name: string };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    readonly template: {
      readonly spec: {
        readonly enableServiceLinks: boolean;
        readonly securityContext: object;
        readonly containers: readonly [Container];
        readonly volumes: readonly {
          readonly name: string;
          readonly secret?: { readonly items?: readonly { readonly key: string }[] };
        }[];
      };
    };
  };
}

function resources(pattern: string, values: Readonly<Record<string, unknown>> = {}): Resource[] {
  return [...renderChart(chart, [`patterns/${pattern}`], values)]
    .filter(([file]) => file.endsWith('.yaml'))
    .flatMap(([, text]) => parseAllDocuments(text))
    .flatMap((document) => {
      expect(document.errors).toEqual([]);
      const value = document.toJS() as Resource | null;
      return value ? [value] : [];
    });
}

const isWorkload = ({ kind }: Resource): boolean => kind === 'StatefulSet' || kind === 'Deployment';

/** One entry for each differing configuration: every stable process, one of the others. */
function processes(all: readonly Resource[]) {
  return all.filter(isWorkload).flatMap((workload) => {
    const { name } = workload.metadata;
    const container = workload.spec.template.spec.containers[0];
    const files = all.find((one) => one.kind === 'ConfigMap' && one.metadata.name === name)?.data ?? {};
    const count = workload.kind === 'StatefulSet' ? (workload.spec.replicas ?? 0) : 1;
    return Array.from({ length: count }, (_, i) => {
      const pod = workload.kind === 'StatefulSet' ? `${name}-${i}` : `${name}-7d4b9c-x2x4z`;
      const env = Object.fromEntries(
        container.env.map(({ name: key, value }) => [
          key,
          value ?? (key === 'TOLLGATE_NODE_ID' ? pod : filledSecret(key)),
        ]),
      );
      const option = (flag: string): string => container.args[container.args.indexOf(flag) + 1] ?? '';
      const path = option('--config').replace('$(TOLLGATE_NODE_ID)', pod);
      const toml = files[path.replace('/etc/tollgate/', '')] ?? `# ${path} is in no ConfigMap\nmissing = true`;
      const app = /\/([^/:]+):[^:]+$/.exec(container.image)?.[1] ?? '';
      return { name: pod, app, roles: option('--roles').split(','), toml, env };
    });
  });
}

describe.each(readdirSync(join(chart, 'patterns')))('helm/tollgate/patterns/%s', (pattern) => {
  const all = resources(pattern);

  it('gives every process a deployment.toml and variables that a start takes', () => {
    expect(processes(all).length).toBeGreaterThan(0);
    for (const one of processes(all)) {
      expect(apps).toContain(one.app);
      const config = checkDeployment(one);
      expect([one.name, ports(config)]).toEqual([one.name, open]);
    }
  });

  it('runs every role exactly in one place', () => {
    const roles = all.filter(isWorkload).flatMap((workload) => {
      const { args } = workload.spec.template.spec.containers[0];
      return args[args.indexOf('--roles') + 1]?.split(',') ?? [];
    });
    const every = ['admin', 'devportal', 'event-hub', 'gateway', 'key-manager', 'publisher', 'traffic-manager'];
    expect(roles.toSorted()).toEqual(every);
  });

  it('connects services, probes and the control-plane address to ports that listen', () => {
    for (const { metadata, spec } of all.filter(isWorkload)) {
      const container = spec.template.spec.containers[0];
      const named = new Map(container.ports.map(({ name, containerPort }) => [name, containerPort]));
      expect(named.get('management')).toBe(open.management_https);
      const probe = (path: string) => ({ httpGet: { path, port: 'management', scheme: 'HTTPS' } });
      expect(container.readinessProbe).toMatchObject(probe('/readyz'));
      expect(container.livenessProbe).toMatchObject(probe('/healthz'));
      const service = all.find((one) => one.kind === 'Service' && one.metadata.name === metadata.name);
      for (const { port, targetPort } of service?.spec.ports ?? []) expect(port).toBe(named.get(targetPort));
      if (named.has('https')) {
        expect([named.get('http'), named.get('https')]).toEqual([open.gateway_http, open.gateway_https]);
        expect(service?.spec.ports.map(({ targetPort }) => targetPort)).toContain('https');
      }
    }
    const hubs = processes(all).flatMap((one) => checkDeployment(one).apim.event_hub.service_url ?? []);
    for (const hub of hubs.map((url) => new URL(url))) {
      const service = all.find((one) => one.kind === 'Service' && one.metadata.name === hub.hostname);
      expect(service?.spec.ports.map(({ port }) => port)).toContain(Number(hub.port));
    }
  });

  it('runs without root on a read-only root, and without the variables that Kubernetes would add', () => {
    for (const { spec } of all.filter(isWorkload)) {
      const pod = spec.template.spec;
      expect(pod.enableServiceLinks).toBe(false);
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(pod.containers[0].securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      });
      const volumes = [
        ...pod.volumes.map(({ name }) => name),
        ...(spec.volumeClaimTemplates ?? []).map((one) => one.metadata.name),
      ];
      expect(volumes.toSorted()).toEqual(pod.containers[0].volumeMounts.map(({ name }) => name).toSorted());
    }
  });

  it('keeps secrets out of ConfigMaps and the database from gateways and traffic managers', () => {
    for (const { toml, roles, env } of processes(all)) {
      for (const [line] of toml.matchAll(/^(?:password|key) = .*$/gm)) expect(line).toMatch(/"\$env\{\w+\}"$/);
      if (roles.some((role) => role !== 'gateway' && role !== 'traffic-manager')) continue;
      expect(toml).not.toContain('[database');
      expect(Object.keys(env).filter((key) => /DATABASE|ADMIN|ENCRYPTION/.test(key))).toEqual([]);
    }
    for (const { spec } of all.filter(({ kind }) => kind === 'Deployment'))
      for (const { name, secret } of spec.template.spec.volumes)
        if (name === 'control-plane-tls' && spec.template.spec.containers[0].args.includes('gateway'))
          expect(secret?.items?.map(({ key }) => key)).toEqual(['ca.crt']);
  });
});

describe('helm/tollgate', () => {
  it('lets gateways scale by themselves and keeps stable names for the others that count or relay', () => {
    const all = resources('everything-separated.yaml');
    const scaled = all.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
    expect(scaled.map(({ spec }) => spec.scaleTargetRef.name)).toEqual(['spec-gateway']);
    const stable = all.filter(({ kind }) => kind === 'StatefulSet').map(({ metadata }) => metadata.name);
    expect(stable).toEqual(['spec-event-hub', 'spec-traffic-manager']);
    const gateway = all.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'spec-gateway');
    expect(gateway?.spec.replicas).toBeUndefined();
  });

  it('takes the name of one RabbitMQ cluster, certificates and shared counters', () => {
    const values = {
      brokers: ['ssl://rabbitmq:5671'],
      redis: { sharedCounters: true },
      tls: { gatewaySecret: 'gateway-tls' },
      allowPrivateNetworks: ['10.0.0.0/8'],
    };
    for (const one of processes(resources('separated-traffic-manager.yaml', values))) {
      const config = checkDeployment(one);
      const knowsCounters = ['admin', 'traffic-manager', 'gateway'].some((role) => one.roles.includes(role));
      expect(config.apim.distributed_throttling.enable).toBe(knowsCounters);
      expect('REDIS_PASSWORD' in one.env).toBe(one.toml.includes('REDIS_PASSWORD'));
      expect(config.tollgate.gateway.tls_cert_file !== undefined).toBe(one.roles.includes('gateway'));
      expect(config.apim.throttling.event_duplicate_url).toEqual([]);
    }
  });

  it.each([
    ['several processes on the embedded database', { database: { type: 'embedded' } }, /embedded database serves one/],
    ['no Secret', { secrets: { existingSecret: '' } }, /secrets\.existingSecret is missing/],
    ['no brokers', { brokers: [] }, /brokers is empty/],
    [
      'no certificate to verify the control plane',
      { tls: { controlPlaneSecret: '' } },
      /controlPlaneSecret is missing/,
    ],
    ['a hub component that is not enabled', { hubComponent: 'event-hub' }, /hubComponent is event-hub/],
    ['shared counters without Redis', { redis: { enabled: false, sharedCounters: true } }, /needs redis\.enabled/],
    [
      'a stable component that scales',
      { components: { 'control-plane': { autoscaling: { enabled: true } } } },
      /components\.control-plane: stable/,
    ],
  ])('refuses %s', (_, values, message) => {
    expect(() => resources('separated-traffic-manager.yaml', values)).toThrow(message);
  });

  it('has one version everywhere', () => {
    const read = (file: string): Record<string, unknown> =>
      parse(readFileSync(join(chart, file), 'utf8')) as Record<string, unknown>;
    const { version } = JSON.parse(readFileSync(join(chart, '../../package.json'), 'utf8')) as { version: string };
    expect(read('Chart.yaml')).toMatchObject({ version, appVersion: version });
    expect(read('values.yaml')).toMatchObject({ image: { tag: version } });
  });
});
