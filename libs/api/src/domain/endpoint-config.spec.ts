import { describe, expect, it } from 'vitest';
import { endpointProblems, planEndpoints } from './endpoint-config.js';

describe('an endpoint configuration', () => {
  it('of type http has one address per key type', () => {
    expect(
      planEndpoints({
        endpoint_type: 'http',
        production_endpoints: { url: 'https://back.example/api/', config: { actionDuration: '1500' } },
        sandbox_endpoints: { url: 'http://sand.example' },
      }),
    ).toEqual({
      production: [{ url: 'https://back.example/api/' }],
      sandbox: [{ url: 'http://sand.example' }],
      timeoutMs: 1500,
    });
  });

  it('of type load_balance has several', () => {
    const plan = planEndpoints({
      endpoint_type: 'load_balance',
      algoClassName: 'org.apache.synapse.endpoints.algorithms.RoundRobin',
      sessionManagement: 'none',
      production_endpoints: [{ url: 'http://a.example' }, { url: 'http://b.example' }],
    });
    expect(plan).toEqual({
      production: [{ url: 'http://a.example' }, { url: 'http://b.example' }],
      sandbox: [],
      timeoutMs: null,
    });
  });

  it.each([
    ['none', null, 'has no endpoint'],
    ['one without addresses', { endpoint_type: 'http' }, 'has no endpoint'],
    ['a Lambda', { endpoint_type: 'awslambda' }, 'Endpoint type "awslambda" cannot be deployed yet'],
    [
      'failover',
      { endpoint_type: 'failover', production_endpoints: { url: 'http://a.example' } },
      'cannot be deployed yet',
    ],
    ['sticky sessions', { endpoint_type: 'load_balance', sessionManagement: 'soap' }, 'Sticky sessions'],
    [
      'a file',
      { endpoint_type: 'http', production_endpoints: { url: 'file:///etc/passwd' } },
      'absolute http or https URL',
    ],
  ])('is not deployed when it is %s', (_, config, reason) => {
    expect(planEndpoints(config)).toEqual({ problem: expect.stringContaining(reason) });
  });

  it.each(['ftp://a', 'http://u:p@a.example', 'not a url', 'http://a b', 'http://{uri.var.host}/', 7])(
    'is refused when saved with the address %s',
    (url) => {
      expect(endpointProblems({ endpoint_type: 'http', production_endpoints: { url } })).toMatchObject([
        { field: 'endpointConfig.production_endpoints.url' },
      ]);
    },
  );

  it('is refused with back-end credentials, which would be stored in the clear', () => {
    const secured = {
      endpoint_type: 'http',
      endpoint_security: { production: { enabled: true, type: 'BASIC', password: 'x' } },
    };
    expect(endpointProblems(secured)).toMatchObject([{ field: 'endpointConfig.endpoint_security' }]);
    expect(endpointProblems({ ...secured, endpoint_security: { production: { enabled: false } } })).toEqual([]);
  });
});
