import { InvalidInputError } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import { chooseGrantTypes } from './index.js';

const supported = ['client_credentials', 'refresh_token'];

describe('the grants of a new client', () => {
  it('are the supported ones of those asked for, each once', () => {
    const requested = ['refresh_token', 'password', 'client_credentials', 'refresh_token', 'iwa:ntlm'];
    expect(chooseGrantTypes({ requested, supported, callbackUrl: '' })).toEqual([
      'refresh_token',
      'client_credentials',
    ]);
  });

  it.each(['authorization_code', 'implicit'])('need a callback URL for %s', (grant) => {
    const choice = { requested: ['client_credentials', grant], supported };
    expect(() => chooseGrantTypes({ ...choice, callbackUrl: '' })).toThrow(
      expect.objectContaining({
        status: 400,
        fields: [{ field: 'callbackUrl', message: expect.stringContaining(grant) }],
      }),
    );
    expect(chooseGrantTypes({ ...choice, callbackUrl: 'https://app.example/cb' })).toEqual(['client_credentials']);
  });

  it('are refused when none is left, naming those there are', () => {
    const choice = { requested: ['password'], supported, callbackUrl: '' };
    expect(() => chooseGrantTypes(choice)).toThrow(InvalidInputError);
    expect(() => chooseGrantTypes(choice)).toThrow(
      expect.objectContaining({
        fields: [
          { field: 'grantTypesToBeSupported', message: 'Name at least one of: client_credentials, refresh_token.' },
        ],
      }),
    );
  });
});
