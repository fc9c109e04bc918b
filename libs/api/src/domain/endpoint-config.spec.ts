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
      production: [
        {
          url: 'https://back.example/api/',
          rules: { timeoutMs: 1500, onTimeout: 'fault', suspension: null, retry: null },
        },
      ],
      sandbox: [{ url: 'http://sand.example' }],
      balancing: null,
      security: null,
      timeoutMs: 1500,
    });
  });

  it('of type failover has stand-ins, with what suspends each', () => {
    const config = {
      actionSelect: 'discard',
      actionDuration: 30000,
      suspendErrorCode: ['101503', '101504'],
      suspendDuration: '1000',
      suspendMaxDuration: '60000',
      factor: '1.5',
      retryErroCode: '101504',
      retryTimeOut: '3',
      retryDelay: '200',
    };
    const plan = planEndpoints({
      endpoint_type: 'failover',
      production_endpoints: { url: 'http://a.example', config },
      production_failovers: [{ url: 'http://b.example', config: { actionSelect: '', factor: '', retryErroCode: '' } }],
      sandbox_endpoints: { url: 'http://s.example' },
    });
    expect(plan).toMatchObject({
      production: [
        {
          url: 'http://a.example',
          rules: {
            timeoutMs: 30000,
            onTimeout: 'discard',
            suspension: { codes: ['101503', '101504'], initialMs: 1000, maxMs: 60000, factor: 1.5 },
            retry: { codes: ['101504'], times: 3, delayMs: 200 },
          },
        },
        { url: 'http://b.example' },
      ],
      sandbox: [{ url: 'http://s.example' }],
      balancing: { order: 'failover', stickiness: null, breaker: null, healthCheck: null },
    });
  });

  it('may say how calls are spread, when an endpoint is left alone and how it is checked', () => {
    const plan = planEndpoints({
      endpoint_type: 'load_balance',
      sessionManagement: 'transport',
      sessionTimeOut: '90000',
      production_endpoints: [{ url: 'http://a.example', weight: 3 }, { url: 'http://b.example' }],
      loadBalancing: { algorithm: 'consistentHash', hashOn: 'header:X-User', slowStartMs: 5000 },
      circuitBreaker: { statusFailures: 3 },
      healthCheck: { path: '/health' },
    });
    expect(plan).toMatchObject({
      production: [{ url: 'http://a.example', weight: 3 }, { url: 'http://b.example' }],
      balancing: {
        order: 'consistent_hash',
        hashOn: { source: 'header', name: 'x-user' },
        stickiness: { by: 'cookie', seconds: 90 },
        slowStartMs: 5000,
        breaker: { connectionFailures: 2, statusFailures: 3, openMs: 10_000 },
        healthCheck: { type: 'http', path: '/health', successes: 2, httpFailures: 3, tcpFailures: 2, timeoutMs: 3000 },
      },
    });
  });

  it.each([
    ['production_endpoints.config.suspendErrorCode', { config: { suspendErrorCode: ['oops'] } }, {}],
    ['production_endpoints.config.actionSelect', { config: { actionSelect: 'ignore' } }, {}],
    ['production_endpoints.config.factor', { config: { suspendDuration: 1, factor: 0.5 } }, {}],
    ['production_endpoints.weight', { weight: 0 }, {}],
    ['healthCheck.path', {}, { healthCheck: { path: 'health' } }],
    ['circuitBreaker.openMs', {}, { circuitBreaker: { openMs: 0 } }],
    ['loadBalancing.hashOn', {}, { loadBalancing: { hashOn: 'header:' } }],
  ])('is refused when saved with a bad %s', (field, endpoint, rest) => {
    const config = { endpoint_type: 'http', production_endpoints: { url: 'http://a.example', ...endpoint }, ...rest };
    expect(endpointProblems(config)).toMatchObject([{ field: `endpointConfig.${field}` }]);
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
      balancing: {
        order: 'round_robin',
        hashOn: null,
        stickiness: null,
        slowStartMs: 0,
        breaker: null,
        healthCheck: null,
      },
      security: null,
      timeoutMs: null,
    });
  });

  it.each([
    ['none', null, 'has no endpoint'],
    ['one without addresses', { endpoint_type: 'http' }, 'has no endpoint'],
    ['a Lambda', { endpoint_type: 'awslambda' }, 'Endpoint type "awslambda" cannot be deployed yet'],
    ['sticky sessions', { endpoint_type: 'load_balance', sessionManagement: 'soap' }, 'sessionManagement'],
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
});
