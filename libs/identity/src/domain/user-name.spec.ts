import { describe, expect, it } from 'vitest';
import { checkOrganizationDomain } from './organization-domain.js';
import { parseUserName, userNameProblem } from './user-name.js';

describe('a user name', () => {
  it.each(['admin', 'Admin', 'ann.lee', 'ádmin', '用户', 'a'.repeat(190)])('may be %s', (name) => {
    expect(userNameProblem(name)).toBeNull();
  });

  it.each([
    ['empty', ''],
    ['a trailing space', 'admin '],
    ['a leading space', ' admin'],
    ['a control character', 'ad\u0000min'],
    ['an invisible character', 'ad\u200Bmin'],
    ['an @', 'a@b'],
    ['a slash', 'PRIMARY/admin'],
    ['a decomposed letter', 'a\u0301dmin'],
    ['191 characters', 'a'.repeat(191)],
  ])('is refused with %s', (_, name) => {
    expect(userNameProblem(name)).toEqual(expect.any(String));
  });

  it.each([
    ['admin', { userName: 'admin', organization: 'carbon.super' }],
    ['admin@carbon.super', { userName: 'admin', organization: 'carbon.super' }],
    ['ann@tenant1.example', { userName: 'ann', organization: 'tenant1.example' }],
    ['ann@mail.example@tenant1.example', { userName: 'ann@mail.example', organization: 'tenant1.example' }],
  ])('%s is read as name and organization', (text, parsed) => {
    expect(parseUserName(text)).toEqual(parsed);
  });
});

describe('the domain of an organization', () => {
  it.each(['tenant1.example', 'a.b.c', 'my-org.com'])('may be %s', (domain) => {
    expect(() => checkOrganizationDomain(domain)).not.toThrow();
  });

  it.each([
    'carbon.super',
    'Tenant.example',
    'tenant',
    'a..b',
    '-a.b',
    'a b.c',
    'tenant1.example ',
    'tänant.example',
    '../etc.x',
  ])('is refused: %s', (domain) => {
    expect(() => checkOrganizationDomain(domain)).toThrow();
  });
});
