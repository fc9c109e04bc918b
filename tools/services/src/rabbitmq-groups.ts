import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from '@tollgate/base';
import { generate } from 'selfsigned';
import { locateInstalled, type Installed } from './locate.js';
import { freePort } from './free-port.js';
import type { PrivateServer } from './process.js';
import { startEpmd, startRabbitmq } from './rabbitmq.js';

type Binaries = NonNullable<Installed['amqp']>;

/** Three nodes of one cluster; quorum queues have a copy on each. */
export interface RabbitmqCluster {
  readonly nodes: readonly PrivateServer[];
  stop(): Promise<void>;
}

/** @param folder an existing new one; the caller removes it. @throws StartupError */
export async function startRabbitmqCluster(
  folder: string,
  credentials: { readonly user?: string; readonly password?: string } = {},
): Promise<RabbitmqCluster> {
  const binaries = rabbitmqBinaries();
  const epmd = await startEpmd(join(folder, 'epmd'), binaries);
  const names = ['node1', 'node2', 'node3'].map((name) => `${name}-${randomBytes(3).toString('hex')}`);
  const cluster = { cookie: randomBytes(20).toString('hex').toUpperCase(), nodes: names };
  const nodes: PrivateServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    await epmd.stop();
  };
  try {
    // The first forms the cluster alone; the others find it and join at the same time.
    const start = async (name: string): Promise<PrivateServer> => {
      const port = await freePort();
      const dir = join(folder, name);
      const node = await startRabbitmq({ name, dir, port, epmdPort: epmd.port, binaries, cluster, ...credentials });
      nodes.push(node);
      return node;
    };
    const [first = '', ...others] = names;
    await start(first);
    const joined = await Promise.allSettled(others.map(start));
    for (const result of joined) if (result.status === 'rejected') throw result.reason;
    return { nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A node that also speaks TLS, with the authority that signed its certificate. */
export interface RabbitmqWithTls {
  readonly node: PrivateServer;
  readonly tlsPort: number;
  /** PEM file of the authority. */
  readonly caFile: string;
  stop(): Promise<void>;
}

/** The certificate is for `localhost` only. @param folder an existing new one; the caller removes it. @throws StartupError */
export async function startRabbitmqWithTls(folder: string): Promise<RabbitmqWithTls> {
  const binaries = rabbitmqBinaries();
  const { caFile, certFile, keyFile } = await makeCertificates(folder);
  const epmd = await startEpmd(join(folder, 'epmd'), binaries);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const name = `tls-${randomBytes(3).toString('hex')}`;
  const tls = { port: tlsPort, caFile, certFile, keyFile };
  try {
    const node = await startRabbitmq({ name, dir: join(folder, name), port, epmdPort: epmd.port, binaries, tls });
    const stop = async (): Promise<void> => {
      await node.stop();
      await epmd.stop();
    };
    return { node, tlsPort, caFile, stop };
  } catch (error) {
    await epmd.stop();
    throw error;
  }
}

/** An authority, and a certificate for localhost that it signed. */
export async function makeCertificates(folder: string): Promise<{ caFile: string; certFile: string; keyFile: string }> {
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const ca = await generate([{ name: 'commonName', value: 'Private authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const files = {
    caFile: join(folder, 'ca.pem'),
    certFile: join(folder, 'cert.pem'),
    keyFile: join(folder, 'key.pem'),
  };
  writeFileSync(files.caFile, ca.cert);
  writeFileSync(files.certFile, leaf.cert);
  writeFileSync(files.keyFile, leaf.private, { mode: 0o600 });
  return files;
}

function rabbitmqBinaries(): Binaries {
  const { amqp } = locateInstalled();
  if (!amqp) throw new StartupError(['RabbitMQ is not installed.']);
  return amqp;
}
