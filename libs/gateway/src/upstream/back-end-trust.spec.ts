import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { EndpointCertificateRecord } from '@tollgate/api/contract';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation } from '../../test/records.js';
import type { RuntimeChange } from '../index.js';
import { BackEndTrust } from './back-end-trust.js';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

const names = {
  extensions: [{ name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'localhost' }] }],
};
const authorityExtensions = [
  { name: 'basicConstraints' as const, cA: true, critical: true },
  { name: 'keyUsage' as const, keyCertSign: true, digitalSignature: true },
];
async function pair(name: string, options: Parameters<typeof generate>[1]): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: name }], { keySize: 2048, ...options });
  return { cert: made.cert, key: made.private };
}

let authority: Pair;
let other: Pair;
let gatewayIdentity: Pair;
let server: Server;
let host: string;
let askedBy: string[] = [];
const gateways: TestGateway[] = [];

beforeAll(async () => {
  [authority, other] = await Promise.all(['one', 'two'].map((name) => pair(name, { extensions: authorityExtensions })));
  const own = await pair('localhost', { ...names, ca: authority });
  gatewayIdentity = await pair('gateway-7', { ca: authority });
  server = createServer({ ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: false }, (req, res) => {
    const socket = req.socket as TLSSocket;
    askedBy.push(socket.authorized ? socket.getPeerCertificate().subject.CN.toString() : 'nobody');
    res.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const each of gateways) await each.stop();
  server.close();
  server.closeAllConnections();
});

const certificate = (over: Partial<EndpointCertificateRecord> = {}): RuntimeChange => {
  const value = { uuid: 'c1', organization: 'carbon.super', alias: 'one', host, pem: authority.cert, ...over };
  return { kind: 'endpoint-certificate', id: value.uuid, value };
};

function open(organization: string, context: string): RuntimeChange[] {
  const uuid = `api${context.replaceAll('/', '-')}`;
  const operations = [operation({ authType: 'None' })];
  return [
    change.api(apiRecord({ uuid, context, basePath: `${context}/1`, organization })),
    change.deployment(
      deploymentRecord({ apiUuid: uuid, operations, productionEndpoints: [{ url: `https://${host}` }] }),
    ),
  ];
}

async function start(...options: [Parameters<typeof startTestGateway>[2]?]): Promise<TestGateway> {
  const apis = [...open('carbon.super', '/ours'), ...open('other.org', '/theirs')];
  const g = await startTestGateway(`https://${host}`, apis, ...options);
  gateways.push(g);
  return g;
}
const status = async (g: TestGateway, path: string): Promise<number> => (await call(g.port, path)).status;

describe('certificates of endpoints', () => {
  it('are trusted from the moment they come until they go, also on connections that are open', async () => {
    const g = await start();
    expect(await status(g, '/ours/1/a')).toBe(502);
    g.gateway.applyChanges([certificate()]);
    expect([await status(g, '/ours/1/a'), await status(g, '/ours/1/a')]).toEqual([200, 200]);
    g.gateway.applyChanges([certificate({ pem: other.cert })]);
    expect(await status(g, '/ours/1/a')).toBe(502);
    g.gateway.applyChanges([certificate()]);
    expect(await status(g, '/ours/1/a')).toBe(200);
    g.gateway.applyChanges([change.gone('endpoint-certificate', 'c1')]);
    expect(await status(g, '/ours/1/a')).toBe(502);
  });

  it('hold at their host and for their organization only', async () => {
    const g = await start();
    g.gateway.applyChanges([certificate()]);
    expect([await status(g, '/ours/1/a'), await status(g, '/theirs/1/a')]).toEqual([200, 502]);
    g.gateway.applyChanges([certificate({ host: 'localhost:1' })]);
    expect(await status(g, '/ours/1/a')).toBe(502);
  });

  it('may be that of the back end itself, without its authority', async () => {
    const g = await start();
    const leaf = await pair('localhost', { ...names, ca: authority });
    const single = createServer(leaf, (_req, res) => void res.end('ok'));
    single.listen(0, '127.0.0.1');
    await once(single, 'listening');
    const place = `localhost:${(single.address() as AddressInfo).port}`;
    const operations = [operation({ authType: 'None' })];
    g.gateway.applyChanges([
      change.api(apiRecord({ uuid: 'leaf', context: '/leaf', basePath: '/leaf/1' })),
      change.deployment(
        deploymentRecord({ apiUuid: 'leaf', operations, productionEndpoints: [{ url: `https://${place}` }] }),
      ),
    ]);
    expect(await status(g, '/leaf/1/a')).toBe(502);
    g.gateway.applyChanges([certificate({ uuid: 'leaf', host: place, pem: leaf.cert })]);
    expect(await status(g, '/leaf/1/a')).toBe(200);
    single.close();
    single.closeAllConnections();
  });

  it('that are none are refused, and what was there stays in force', async () => {
    const g = await start();
    g.gateway.applyChanges([certificate()]);
    g.gateway.applyChanges([certificate({ pem: 'oops' })]);
    expect(await status(g, '/ours/1/a')).toBe(200);
    expect(g.logged).toContainEqual(
      expect.objectContaining({ event: 'gateway.record.refused', kind: 'endpoint-certificate' }),
    );
  });
});

describe('mutual TLS to back ends', () => {
  it('shows the configured certificate where it is configured, to the organizations that may use it', async () => {
    const entry = { host, ca: authority.cert, identity: gatewayIdentity };
    const g = await start({ backEndTls: [{ ...entry, organizations: ['carbon.super'] }] });
    askedBy = [];
    expect([await status(g, '/ours/1/a'), await status(g, '/theirs/1/a')]).toEqual([200, 502]);
    g.gateway.applyChanges([certificate({ organization: 'other.org' })]);
    expect(await status(g, '/theirs/1/a')).toBe(200);
    expect(askedBy).toEqual(['gateway-7', 'nobody']);
  });
});

describe('BackEndTrust', () => {
  it('is one for equal certificates, whatever their order, and none for plain HTTP or where nothing is said', () => {
    const trust = new BackEndTrust();
    expect(trust.tlsFor('a', `https://${host}`)).toBeNull();
    const record = (uuid: string, organization: string, pem: string): EndpointCertificateRecord => ({
      uuid,
      organization,
      alias: uuid,
      host,
      pem,
    });
    for (const each of [record('1', 'a', authority.cert), record('2', 'a', other.cert)]) trust.set(each.uuid, each);
    for (const each of [record('3', 'b', other.cert), record('4', 'b', authority.cert)]) trust.set(each.uuid, each);
    const ours = trust.tlsFor('a', `https://${host}`);
    expect(ours).not.toBeNull();
    expect(trust.tlsFor('b', `https://${host}`)).toBe(ours);
    expect(trust.tlsFor('a', `http://${host}`)).toBeNull();
    expect(trust.tlsFor('c', `https://${host}`)).toBeNull();
  });
});
