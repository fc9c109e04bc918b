import { describe, expect, it } from 'vitest';
import { apiRecordSchema, deploymentRecordSchema } from '../contract/index.js';
import { apiBodySchema } from './api-body.js';
import { completeBody } from './api-rules.js';
import { planApi, planDeployment } from './plan-deployment.js';

const api = {
  id: 7,
  uuid: 'a-1',
  name: 'Pizza',
  provider: 'admin',
  context: '/{version}/pizza',
  version: '1.0.0',
  isDefaultVersion: true,
  state: 'PUBLISHED' as const,
  organization: 'carbon.super',
};
const endpointConfig = { endpoint_type: 'http', production_endpoints: { url: 'http://back.example/' } };
const place = { environment: 'Default', vhost: 'localhost' };
const revision = (input: object) => ({
  uuid: 'r-1',
  number: 2,
  definition: '{}',
  body: completeBody(apiBodySchema.parse({ endpointConfig, ...input })),
});

describe('the record of a deployment', () => {
  it('has what the contract between processes asks for', () => {
    const record = planDeployment(api, revision({ policies: ['Gold'], maxTps: { production: 10 } }), place);
    expect(deploymentRecordSchema.parse(record)).toEqual(record);
    expect(record).toMatchObject({
      apiUuid: 'a-1',
      environment: 'Default',
      vhost: 'localhost',
      revisionId: 'r-1',
      revisionNumber: 2,
      policies: ['Gold'],
      productionEndpoints: [{ url: 'http://back.example/' }],
      sandboxEndpoints: [],
      endpointTimeoutMs: null, // the gateway's own setting
      securityScheme: ['oauth2'],
      authorizationHeader: 'Authorization',
      apiKeyHeader: 'ApiKey',
      maxTps: { production: 10, sandbox: null },
      keyManagers: ['all'],
    });
    expect(record.operations.map((operation) => operation.verb)).toEqual(['GET', 'POST', 'PUT', 'DELETE', 'PATCH']);
  });

  it('is not made of a body that was stored with security that gateways lack', () => {
    const made = revision({});
    const stored = { ...made, body: { ...made.body, securityScheme: ['oauth2', 'basic_auth'] as never } };
    expect(() => planDeployment(api, stored, place)).toThrow(
      expect.objectContaining({ action: expect.stringContaining('"basic_auth" cannot be deployed yet') }),
    );
  });

  it.each([
    ['a mock', { endpointImplementationType: 'INLINE' }, /Mock/],
    ['no endpoint', { endpointConfig: null }, /no endpoint/],
  ])('is not made for %s: a check that gateways lack is never left out silently', (_, input, reason) => {
    expect(() => planDeployment(api, revision(input), place)).toThrow(
      expect.objectContaining({ status: 400, code: 'REVISION_NOT_DEPLOYABLE', action: expect.stringMatching(reason) }),
    );
  });
});

it('the record of an API fills the version into its context', () => {
  expect(apiRecordSchema.parse(planApi(api))).toMatchObject({
    basePath: '/1.0.0/pizza',
    lifecycleState: 'PUBLISHED',
    context: '/{version}/pizza',
  });
});
