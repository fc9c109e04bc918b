import { createLogger } from '@tollgate/base';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { DecisionTable, CustomDecisions, LocalQuota } from '../../libs/throttling/dist/domain/index.js';
import { createAuthenticator, authenticateFilter } from '../../libs/gateway/dist/filters/authenticate.js';
import { chooseEndpointFilter } from '../../libs/gateway/dist/filters/choose-endpoint.js';
import { CustomRules } from '../../libs/gateway/dist/filters/custom-rules.js';
import { DenyList, denyListFilter } from '../../libs/gateway/dist/filters/deny-list.js';
import { KeyRing } from '../../libs/gateway/dist/filters/key-ring.js';
import { RevocationList } from '../../libs/gateway/dist/filters/revocation-list.js';
import { selectOperationFilter } from '../../libs/gateway/dist/filters/select-operation.js';
import { subscriptionFilter } from '../../libs/gateway/dist/filters/subscription.js';
import { throttleFilter } from '../../libs/gateway/dist/filters/throttle.js';
import { ClientAddressReader } from '../../libs/gateway/dist/http/client-address.js';
import { readHead } from '../../libs/gateway/dist/http/read-head.js';
import { connectionWish } from '../../libs/gateway/dist/http/request-wishes.js';
import { responseHead } from '../../libs/gateway/dist/http/response-head.js';
import { HeadReader } from '../../libs/gateway/dist/http1/head-reader.js';
import { readRequestLine, type RequestLine } from '../../libs/gateway/dist/http1/request-line.js';
import { readAnswer } from '../../libs/gateway/dist/http1/response-line.js';
import type { CompiledOperation } from '../../libs/gateway/src/pipeline/compiled-api.js';
import type { Filter } from '../../libs/gateway/src/pipeline/compile-pipeline.js';
import { Exchange, type RequestHead } from '../../libs/gateway/dist/pipeline/exchange.js';
import { HeaderList } from '../../libs/gateway/dist/pipeline/header-list.js';
import { OperationTable } from '../../libs/gateway/dist/pipeline/operation-table.js';
import { RouteTable } from '../../libs/gateway/dist/pipeline/route-table.js';
import { ConsumerRecords } from '../../libs/gateway/dist/sync/consumer-records.js';
import { compileApi } from '../../libs/gateway/dist/sync/compile-api.js';
import { EventFlusher } from '../../libs/gateway/dist/sync/event-flusher.js';
import { PolicyRecords } from '../../libs/gateway/dist/sync/policy-records.js';
import { BackEndTrust } from '../../libs/gateway/dist/upstream/back-end-trust.js';
import { upstreamTarget } from '../../libs/gateway/dist/upstream/endpoint.js';
import { upstreamRequestHeaders } from '../../libs/gateway/dist/upstream/request-headers.js';
import { clientResponseHeaders } from '../../libs/gateway/dist/upstream/response-headers.js';
import { HealthProber } from '../../libs/gateway/dist/upstream/targets/health-prober.js';
import {
  apiRecord,
  applicationRecord,
  deploymentRecord,
  keyManagerRecord,
  keyMappingRecord,
  issuer,
  organization,
  policyRecord,
  subscriptionRecord,
} from '../../libs/gateway/test/records.ts';

// Run by request-stages.bench.ts on what was built, outside of the test runner, whose transformed imports would be measured too.

/** What one part of the way of a request costs, measured by itself on warm code. */
interface Stage {
  readonly name: string;
  /** Done `n` times, with requests that were made before. */
  readonly run: (n: number) => void;
}

type Jwk = (Parameters<typeof keyManagerRecord>[0] & { keys: readonly unknown[] })['keys'][number] & {
  kid: string;
  kty: string;
};

const limits = { maxTargetBytes: 8_192, maxHeaderFields: 100, maxBodyBytes: 1e8 };
const sizes = { maxStartLineBytes: 8_192, maxHeadBytes: 32_768, maxFields: 100 };
const quota = { type: 'REQUESTCOUNTLIMIT', requestCount: 1e9, unitTime: 1, timeUnit: 'day' } as const;
const peer = '10.1.2.3';

/** A head as programs send it: twelve fields, one of them the token. */
function headOf(token: string): Buffer {
  return Buffer.from(
    [
      'GET /pizzashack/1.0.0/menu?size=large HTTP/1.1',
      'Host: localhost:8280',
      'User-Agent: node',
      'Accept: application/json',
      'Accept-Encoding: gzip, deflate, br',
      'Accept-Language: en',
      `Authorization: Bearer ${token}`,
      'Content-Type: application/json',
      'Cookie: theme=dark; session=4f1c2e7a9b',
      'Referer: https://shop.example/pizza',
      'Sec-Fetch-Mode: cors',
      'Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'Connection: keep-alive',
      '\r\n',
    ].join('\r\n'),
  );
}

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sat, 28 Nov 2026 17:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 800\r\nConnection: keep-alive\r\n\r\n',
);

const { privateKey, publicKey } = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' } as Jwk;
const nowS = Math.floor(Date.now() / 1000);
const claims = { aud: 'client-1', azp: 'client-1', client_id: 'client-1', aut: 'APPLICATION', scope: 'default' };
const token = await new SignJWT({ ...claims, keytype: 'PRODUCTION', organization, jti: 'bench' })
  .setProtectedHeader({ alg: 'RS256', kid: 'key-1', typ: 'at+jwt' })
  .setIssuer(issuer)
  .setSubject('bob')
  .setIssuedAt(nowS)
  .setNotBefore(nowS)
  .setExpirationTime('1h')
  .sign(privateKey);
const rows = stagesOf(headOf(token), jwk).map((stage) => ({ name: stage.name, ...measured(stage) }));
process.stdout.write(`${JSON.stringify(rows)}\n`);

function stagesOf(head: Buffer, jwk: Jwk): Stage[] {
  const log = createLogger({ level: 'silent', node: 'bench' });
  const nowMs = Date.now();
  const ring = new KeyRing();
  ring.put(keyManagerRecord({ keys: [jwk] }));
  const authenticator = createAuthenticator(ring, new RevocationList(), 10_000, null);
  const consumers = new ConsumerRecords();
  consumers.setApplication('app-1', applicationRecord({ tier: 'Live' }));
  consumers.setKeyMapping('1', keyMappingRecord());
  consumers.setSubscription('1', subscriptionRecord({ tier: 'Live' }));
  const policies = new PolicyRecords({ headers: true, queryParameters: true, jwtClaims: true });
  for (const level of ['application', 'subscription', 'advanced'] as const)
    policies.set(level, policyRecord({ level, name: 'Live', limit: quota }));
  const api = apiRecord();
  const deployment = deploymentRecord({
    productionEndpoints: [{ url: 'http://127.0.0.1:1' }],
    policies: ['Live'],
    apiThrottlingPolicy: 'Live',
  });
  const [operation] = deployment.operations;
  if (operation === undefined) throw new Error('The deployment has no operation.');
  const localQuota = new LocalQuota(new DecisionTable());
  const rules = new CustomRules(new CustomDecisions());
  const denyList = new DenyList();
  const compiled = compileApi(api, deployment, {
    authenticator,
    consumers,
    policies,
    denyList,
    quota: localQuota,
    rules,
    passesAuthorization: false,
    certificateHeader: null,
    seesCertificates: false,
    prober: new HealthProber({ connect: () => () => undefined, nowMs: Date.now, log }),
    credentials: {
      openSecret: () => '',
      requestToken: () => Promise.reject(new Error('No tokens here.')),
      nowMs: Date.now,
    },
    trust: new BackEndTrust(),
    environmentType: () => 'hybrid',
  });
  const table = RouteTable.empty.with([], [compiled], () => [compiled]);
  const operations = new OperationTable<CompiledOperation>();
  const passes = { record: operation, throttleKey: '', run: () => null, stream: null as never };
  operations.add('GET', '/*', passes);
  const events = new EventFlusher({ rules, publish: () => Promise.resolve(), flushEveryMs: 1e6, log });
  const reader = new HeadReader(sizes);
  const addresses = new ClientAddressReader([]);
  reader.reset(0);
  reader.read(head);
  const { fields } = reader;
  const line = readRequestLine(reader.startLine) as RequestLine;
  const read = readHead(line, new HeaderList(fields), 'http', peer, addresses, limits);
  if ('refusal' in read) throw new Error('The request is refused.');
  const fresh = (): Exchange => exchangeOf(read.head, nowMs);
  const routed = (): Exchange => {
    const x = fresh();
    x.api = compiled;
    x.resource = '/menu';
    return x;
  };
  const admitted = routed();
  if (compiled.run(admitted) !== null) throw new Error('The request is refused by a filter.');
  const [endpoint] = admitted.targets?.targets.map((target) => target.endpoint) ?? [];
  if (endpoint === undefined) throw new Error('The request has no endpoint.');
  admitted.endpoint = endpoint;
  const answerReader = new HeadReader(sizes);
  answerReader.reset(0);
  answerReader.read(answer);
  const answered = clientResponseHeaders(admitted, answerReader.fields);
  const filter = (name: string, run: Filter | null, make = (): Exchange => like(admitted)): Stage => {
    const xs = Array.from({ length: 1_000 }, make);
    return {
      name,
      run(n) {
        for (let i = 0; i < n; i++) {
          if (run !== null && run(xs[i % xs.length] as Exchange) !== null) throw new Error(`${name} refuses.`);
        }
      },
    };
  };
  const each = (name: string, one: () => unknown): Stage => ({
    name,
    run(n) {
      for (let i = 0; i < n; i++) if (one() === undefined) throw new Error(`${name} gives nothing.`);
    },
  });
  return [
    each('read the head of the request', () => {
      reader.reset(0);
      return reader.read(head);
    }),
    each('request line', () => readRequestLine(reader.startLine)),
    each('connection, length, host, path, address', () => {
      const headers = new HeaderList(fields);
      return connectionWish(headers, 11) && readHead(line, headers, 'http', peer, addresses, limits);
    }),
    each('exchange', () => fresh()),
    each('route', () => table.find('localhost', read.head.path)),
    filter('select operation', selectOperationFilter(operations)),
    filter('authenticate', authenticateFilter(api, deployment, operation, authenticator)),
    filter('subscription', subscriptionFilter(api, deployment, operation, consumers, authenticator.revocations)),
    filter(
      'choose endpoint',
      chooseEndpointFilter(compiled.production, compiled.sandbox, () => 'hybrid'),
    ),
    filter('deny list', denyListFilter(organization, denyList)),
    filter('throttle, three quotas', throttleFilter(api, deployment, operation, policies, localQuota, rules)),
    each('request event', () => events.add(admitted) ?? 0),
    each('head for the back end', () => {
      const headers = upstreamRequestHeaders(admitted, endpoint);
      let text = `GET ${upstreamTarget(endpoint, admitted.resource, admitted.query)} HTTP/1.1\r\n`;
      for (let i = 0; i + 1 < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
      return text;
    }),
    each('read the head of the answer', () => {
      answerReader.reset(0);
      return answerReader.read(answer) && readAnswer(answerReader.startLine, answerReader.fields, false);
    }),
    each('fields for the client', () => clientResponseHeaders(admitted, answerReader.fields)),
    each('head for the client', () => responseHead(200, answered, { isHead: false, version: 11, keepsAlive: true })),
  ];
}

function exchangeOf(head: RequestHead, nowMs: number): Exchange {
  return new Exchange(head, nowMs);
}

/** Another exchange in the same state. */
function like(x: Exchange): Exchange {
  return Object.assign(exchangeOf(x, x.receivedAtMs), x, { responseHeaders: [] });
}

/** The best of several runs, since nothing but the machine makes one slower. */
function measured({ run }: Stage): { ns: number; bytes: number } {
  const times = 20_000;
  for (let i = 0; i < 10; i++) run(times);
  let ns = Infinity;
  let bytes = Infinity;
  for (let i = 0; i < 15; i++) {
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    const start = process.hrtime.bigint();
    run(times);
    ns = Math.min(ns, Number(process.hrtime.bigint() - start) / times);
    const used = (process.memoryUsage().heapUsed - before) / times;
    if (used >= 0) bytes = Math.min(bytes, used);
  }
  return { ns, bytes };
}
