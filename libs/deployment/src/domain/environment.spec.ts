import { InvalidInputError } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import { chooseVhost, mayUseEnvironment, repeatedHosts, type VirtualHost } from './environment.js';

const vhost = (host: string): VirtualHost => ({
  host,
  httpContext: '',
  httpPort: 80,
  httpsPort: 443,
  wsPort: 9099,
  wssPort: 8099,
});

describe('permissions of an environment', () => {
  it.each([
    ['PUBLIC', [], ['x'], true],
    ['ALLOW', ['ops'], ['ops', 'dev'], true],
    ['ALLOW', ['ops'], ['dev'], false],
    ['ALLOW', [], ['dev'], false],
    ['DENY', ['ops'], ['ops'], false],
    ['DENY', ['ops'], ['dev'], true],
  ] as const)('%s %j lets a caller with %j in: %s', (permissionType, roles, callers, expected) => {
    expect(mayUseEnvironment({ permissionType, roles }, callers)).toBe(expected);
  });
});

describe('chooseVhost', () => {
  const environment = { name: 'eu', vhosts: [vhost('a.example'), vhost('b.example')] };

  it('takes the first when none is asked for, else the one of this name', () => {
    expect(chooseVhost(environment).host).toBe('a.example');
    expect(chooseVhost(environment, 'b.example').host).toBe('b.example');
  });

  it('names the existing ones when there is none of this name', () => {
    const refused = (): unknown => chooseVhost(environment, 'c.example');
    expect(refused).toThrow(InvalidInputError);
    try {
      refused();
    } catch (error) {
      expect((error as InvalidInputError).fields).toEqual([
        {
          field: 'vhost',
          message: 'Environment "eu" has no virtual host "c.example". It has: a.example, b.example.',
        },
      ]);
    }
  });
});

it('finds hosts that are given twice, whatever their case', () => {
  expect(repeatedHosts([vhost('a'), vhost('b'), vhost('A')])).toEqual(['a']);
  expect(repeatedHosts([vhost('a'), vhost('b')])).toEqual([]);
});
