import { describe, expect, it } from 'vitest';
import { defaultScopeRoles } from './default-scopes.js';
import { grantableScopes } from './grantable.js';

function given(roles: string[], ...scopes: string[]): string[] {
  return grantableScopes(defaultScopeRoles, roles, scopes);
}

describe('scopes from roles', () => {
  it('gives a creator what creates and not what publishes', () => {
    expect(given(['Internal/creator'], 'apim:api_create', 'apim:api_publish', 'apim:api_view')).toEqual([
      'apim:api_create',
      'apim:api_view',
    ]);
  });

  it('gives an administrator every scope that exists, once, and none that does not', () => {
    expect(given(['admin'], 'apim:admin', 'apim:api_create', 'apim:admin', 'apim:nothing')).toEqual([
      'apim:admin',
      'apim:api_create',
    ]);
    expect(given(['admin'], ...defaultScopeRoles.keys())).toHaveLength(defaultScopeRoles.size);
  });

  it('gives the role everybody has nothing at all', () => {
    expect(given(['Internal/everyone'], ...defaultScopeRoles.keys())).toEqual([]);
  });

  it('gives a subscriber applications and keys only', () => {
    expect(given(['Internal/subscriber'], ...defaultScopeRoles.keys()).sort()).toEqual([
      'apim:api_key',
      'apim:app_manage',
      'apim:dcr:app_manage',
      'apim:store_settings',
      'apim:sub_alert_manage',
      'apim:sub_manage',
      'apim:subscribe',
    ]);
  });
});
