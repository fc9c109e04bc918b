import { createHash, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import type { DeploymentRecord } from '@tollgate/api/contract';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { apiRecord, change, deploymentRecord, operation, policyRecord } from '../../test/records.js';

interface Pair {
  readonly cert: string;
  readonly key: string;
}
const pair = async (name: string): Promise<Pair> => {
  const made = await generate([{ name: 'commonName', value: name }], { keySize: 2048 });
  return { cert: made.cert, key: made.private };
};
const thumbprint = ({ cert }: Pair): string =>
  createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');

let backEnd: BackEnd;
let g: TestGateway;
let partner: Pair;
let stranger: Pair;
let late: Pair;

type MutualTls = NonNullable<DeploymentRecord['mutualTls']>;
function api(uuid: string, securityScheme: string[], over: Partial<MutualTls>, verbs = operation({ verb: 'GET' })) {
  const certificates = [
    { alias: 'partner', thumbprint: thumbprint(partner), tier: 'Two', validFromMs: 0, validToMs: Date.now() + 60_000 },
    { alias: 'late', thumbprint: thumbprint(late), tier: 'Two', validFromMs: 0, validToMs: Date.now() - 1 },
  ];
  return [
    change.api(apiRecord({ uuid, context: `/${uuid}`, basePath: `/${uuid}/1` })),
    change.deployment(
      deploymentRecord({
        apiUuid: uuid,
        securityScheme,
        policies: ['Two'],
        operations: [verbs, operation({ verb: 'POST', authType: 'Application User' })],
        productionEndpoints: [{ url: backEnd.url }],
        mutualTls: { isMandatory: false, needsCredential: false, certificates, ...over },
      }),
    ),
  ];
}

beforeAll(async () => {
  [partner, stranger, late] = await Promise.all([pair('partner'), pair('stranger'), pair('late')]);
  backEnd = await startBackEnd();
  g = await startTestGateway(
    backEnd.url,
    [
      change.policy(policyRecord({ level: 'subscription', name: 'Two' })),
      ...api('only', ['mutualssl'], { isMandatory: true }),
      ...api('either', ['mutualssl', 'oauth2'], {}),
      ...api('both', ['mutualssl', 'oauth2'], { isMandatory: true, needsCredential: true }),
      ...api('counted', ['mutualssl'], { isMandatory: true }),
    ],
    { httpsPort: 0, tls: await pair('localhost'), asksForClientCertificate: true },
  );
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

interface Outcome {
  readonly status: number;
  readonly code: unknown;
}
function ask(path: string, by?: Pair, headers: Record<string, string> = {}, method = 'GET'): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const port = g.gateway.ports.https ?? 0;
    const options = { host: '127.0.0.1', port, path, method, headers, rejectUnauthorized: false, agent: false, ...by };
    const req = request(options, (res) => {
      let text = '';
      res.on('data', (chunk: Buffer) => (text += chunk.toString()));
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, code: (JSON.parse(text) as { code?: unknown }).code }),
      );
    });
    req.on('error', reject).end();
  });
}

describe('security mutualssl (Q8)', () => {
  it('V-05 opens an API to holders of the certificates that were added, and to nobody else', async () => {
    expect(await ask('/only/1/a', partner)).toMatchObject({ status: 200 });
    const others = [await ask('/only/1/a'), await ask('/only/1/a', stranger), await ask('/only/1/a', late)];
    expect(others).toEqual(others.map(() => ({ status: 401, code: '900911' })));
    const plain = await call(g.port, '/only/1/a');
    expect([plain.status, plain.json()['code']]).toEqual([401, '900911']);
  });

  it('beside oauth2 is one of two ways, and a bad token is not passed over', async () => {
    const { authorization = '' } = await g.bearer();
    expect(await ask('/either/1/a', partner)).toMatchObject({ status: 200 });
    expect(await ask('/either/1/a')).toEqual({ status: 401, code: '900902' });
    expect(await ask('/either/1/a', undefined, { authorization })).toEqual({ status: 403, code: '900908' }); // not subscribed
    expect(await ask('/either/1/a', partner, { authorization: 'Bearer x' })).toEqual({ status: 401, code: '900901' });
  });

  it('with both mandatory needs both', async () => {
    const { authorization = '' } = await g.bearer();
    expect(await ask('/both/1/a', partner)).toEqual({ status: 401, code: '900902' });
    expect(await ask('/both/1/a', undefined, { authorization })).toEqual({ status: 401, code: '900911' });
    expect(await ask('/both/1/a', partner, { authorization })).toEqual({ status: 403, code: '900908' }); // not subscribed
  });

  it('is no user, where an operation asks for one', async () => {
    expect(await ask('/only/1/a', partner, {}, 'POST')).toEqual({ status: 401, code: '900905' });
  });

  it('is counted under the plan of the certificate', async () => {
    const outcomes = [];
    for (let i = 0; i < 3; i++) outcomes.push(await ask('/counted/1/a', partner));
    expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(outcomes[2]?.code).toBe('900804');
  });

  it('is not deployed where the gateway sees no certificates, and the publisher learns why', async () => {
    const blind = await startTestGateway(backEnd.url);
    const outcomes = blind.gateway.applyChanges(api('only', ['mutualssl'], { isMandatory: true }));
    expect(outcomes).toMatchObject([
      { deploymentStatus: 'FAILURE', errorMessage: expect.stringContaining('request_client_certificate') },
    ]);
    await blind.stop();
  });
});
