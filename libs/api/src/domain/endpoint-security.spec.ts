import { describe, expect, it } from 'vitest';
import { planEndpoints } from './endpoint-config.js';
import { hideEndpointSecrets, readEndpointSecurity, sealEndpointSecrets } from './endpoint-security.js';

const seal = (text: string): string => `v1.${text.split('').toReversed().join('')}`;
const config = (production: unknown, sandbox?: unknown) => ({
  endpoint_type: 'http',
  production_endpoints: { url: 'http://a.example' },
  endpoint_security: { production, ...(sandbox ? { sandbox } : {}) },
});
const basic = { enabled: true, type: 'BASIC', username: 'ann', password: 'secret-1' };

describe('what a gateway shows to back ends', () => {
  it('is deployed with sealed secrets only, by key type', () => {
    const oauth = {
      enabled: true,
      type: 'oauth',
      grantType: 'PASSWORD',
      tokenUrl: 'https://as.example/token',
      clientId: 'c',
      clientSecret: 's3',
      username: 'bob',
      password: 'p4',
      customParameters: '{"scope":"read"}',
    };
    const stored = sealEndpointSecrets(config(basic, oauth), undefined, seal);
    expect(JSON.stringify(stored)).not.toMatch(/secret-1|"s3"|"p4"/);
    expect(planEndpoints(stored ?? null)).toMatchObject({
      security: {
        production: { type: 'basic', username: 'ann', password: { sealed: seal('secret-1') } },
        sandbox: {
          type: 'oauth',
          tokenUrl: 'https://as.example/token',
          clientId: 'c',
          clientSecret: { sealed: seal('s3') },
          user: { username: 'bob', password: { sealed: seal('p4') } },
          parameters: { scope: 'read' },
        },
      },
    });
  });

  it('is never read again, and stays when an empty secret is sent back', () => {
    const stored = sealEndpointSecrets(config(basic), undefined, seal);
    const shown = hideEndpointSecrets(stored);
    expect(shown).toEqual(config({ ...basic, password: '' }));
    expect(sealEndpointSecrets(shown, stored, seal)).toEqual(stored);
    const changed = sealEndpointSecrets(config({ ...basic, password: 'new' }), stored, seal);
    expect(changed).toEqual(config({ ...basic, password: { sealed: seal('new') } }));
  });

  it('may be an API key in a header or a parameter, or nothing', () => {
    const key = { enabled: true, type: 'APIKEY', apiKeyIdentifier: 'X-Key', apiKeyValue: 'k' };
    const read = (entry: object) => readEndpointSecurity(config(entry), 'production').security;
    expect(read(key)).toMatchObject({ type: 'api_key', place: 'header', name: 'X-Key' });
    expect(read({ ...key, apiKeyIdentifierType: 'QUERY_PARAMETER' })).toMatchObject({ place: 'query' });
    expect(read({ ...basic, enabled: false })).toBeNull();
    expect(read({ enabled: true, type: 'NONE' })).toBeNull();
  });

  it.each([
    ['type', { enabled: true, type: 'DIGEST' }],
    ['password', { ...basic, password: '' }],
    ['username', { ...basic, username: 'a\r\nb' }],
    ['apiKeyIdentifier', { enabled: true, type: 'APIKEY', apiKeyIdentifier: 'a b', apiKeyValue: 'k' }],
    ['tokenUrl', { enabled: true, type: 'OAUTH', tokenUrl: 'file:///x', clientId: 'c', clientSecret: 's' }],
    [
      'customParameters',
      { enabled: true, type: 'OAUTH', tokenUrl: 'http://a', clientId: 'c', clientSecret: 's', customParameters: '[1]' },
    ],
  ])('is refused when saved with a bad %s', (name, entry) => {
    expect(readEndpointSecurity(config(entry), 'production').problems).toMatchObject([
      { field: `endpointConfig.endpoint_security.production.${name}` },
    ]);
  });
});
