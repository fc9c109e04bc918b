import { describe, expect, it } from 'vitest';
import { userType } from '../user-type.js';
import { patched } from './patch.js';
import type { PatchOperation } from './patch-body.js';

const work = { value: 'ann@work.example', type: 'work', primary: true };
const home = { value: 'ann@home.example', type: 'home' };
const ann = {
  id: '1',
  userName: 'ann',
  name: { givenName: 'Ann', familyName: 'Lee' },
  emails: [work, home],
  active: true,
  'urn:scim:wso2:schema': { accountLocked: false },
};

const after = (...operations: PatchOperation[]): object => patched(ann, operations, userType);

describe('PATCH (RFC 7644 section 3.5.2)', () => {
  it.each<[string, PatchOperation, object]>([
    [
      'add without path merges',
      { op: 'add', value: { nickName: 'Annie', name: { familyName: 'Fox' } } },
      { nickName: 'Annie', name: { givenName: 'Ann', familyName: 'Fox' } },
    ],
    ['add of one value', { op: 'add', path: 'title', value: 'Dr' }, { title: 'Dr' }],
    [
      'add of a part',
      { op: 'add', path: 'name.givenName', value: 'Anna' },
      { name: { givenName: 'Anna', familyName: 'Lee' } },
    ],
    [
      'add to several values',
      { op: 'add', path: 'emails', value: [{ value: 'x@y.example' }] },
      { emails: [work, home, { value: 'x@y.example' }] },
    ],
    [
      'add of a value that is there changes nothing',
      { op: 'add', path: 'emails', value: home },
      { emails: [work, home] },
    ],
    [
      'add of a new primary value takes it from the old',
      { op: 'add', path: 'emails', value: [{ value: 'n@y.example', primary: true }] },
      { emails: [{ ...work, primary: false }, home, { value: 'n@y.example', primary: true }] },
    ],
    [
      'add by a filter that finds none makes the value',
      { op: 'add', path: 'emails[type eq "other"].value', value: 'o@y.example' },
      { emails: [work, home, { type: 'other', value: 'o@y.example' }] },
    ],
    ['replace without path', { op: 'replace', value: { active: false } }, { active: false }],
    ['replace of all values', { op: 'replace', path: 'emails', value: [home] }, { emails: [home] }],
    [
      'replace of a complex attribute keeps its other parts',
      { op: 'replace', path: 'name', value: { familyName: 'Fox' } },
      { name: { givenName: 'Ann', familyName: 'Fox' } },
    ],
    [
      'replace of a part of some values',
      { op: 'replace', path: 'emails[type eq "home"].value', value: 'new@home.example' },
      { emails: [work, { value: 'new@home.example', type: 'home' }] },
    ],
    [
      'replace of parts by a filter',
      { op: 'replace', path: 'emails[type eq "home"]', value: { DISPLAY: 'at home' } },
      { emails: [work, { ...home, display: 'at home' }] },
    ],
    [
      'replace of what is not there adds it',
      { op: 'replace', path: 'nickName', value: 'Annie' },
      { nickName: 'Annie' },
    ],
    ['remove of some values', { op: 'remove', path: 'emails[type eq "work"]' }, { emails: [home] }],
    [
      'remove of a part of some values',
      { op: 'remove', path: 'emails[type eq "work"].primary' },
      { emails: [{ value: 'ann@work.example', type: 'work' }, home] },
    ],
    [
      'remove of listed values',
      { op: 'remove', path: 'emails', value: [{ value: 'ann@home.example', type: 'home' }] },
      { emails: [work] },
    ],
    [
      'a name in any case, with its URN',
      { op: 'replace', path: 'URN:ietf:params:scim:schemas:core:2.0:User:NAME.FAMILYNAME', value: 'Fox' },
      { name: { givenName: 'Ann', familyName: 'Fox' } },
    ],
    [
      'an extension',
      { op: 'replace', path: 'urn:scim:wso2:schema:accountLocked', value: true },
      { 'urn:scim:wso2:schema': { accountLocked: true } },
    ],
    [
      'an extension without path',
      { op: 'replace', value: { 'urn:scim:wso2:schema': { accountLocked: true } } },
      { 'urn:scim:wso2:schema': { accountLocked: true } },
    ],
    [
      'what the service sets is passed over in a whole resource',
      { op: 'replace', value: { id: 'mine', title: 'Dr' } },
      { id: '1', title: 'Dr' },
    ],
  ])('%s', (_, operation, expected) => {
    expect(after(operation)).toEqual({ ...ann, ...expected });
  });

  it('removes attributes whole', () => {
    expect(after({ op: 'remove', path: 'emails' })).not.toHaveProperty('emails');
    expect(after({ op: 'remove', path: 'name.givenName' })).toMatchObject({ name: { familyName: 'Lee' } });
    expect(after({ op: 'remove', path: 'emails[value pr]' })).not.toHaveProperty('emails');
  });

  it('does operations in their order and leaves the given resource alone', () => {
    const before = structuredClone(ann);
    const result = after(
      { op: 'remove', path: 'emails' },
      { op: 'add', path: 'emails', value: { value: 'one@y.example' } },
      { op: 'replace', path: 'emails[value eq "one@y.example"].type', value: 'work' },
    );
    expect(result).toMatchObject({ emails: [{ value: 'one@y.example', type: 'work' }] });
    expect(ann).toEqual(before);
  });

  it.each<[string, PatchOperation, string]>([
    ['no path to remove', { op: 'remove' }, 'noTarget'],
    ['a filter that finds none', { op: 'replace', path: 'emails[type eq "fax"]', value: { value: 'x' } }, 'noTarget'],
    ['a removal that finds none', { op: 'remove', path: 'emails[type eq "fax"]' }, 'noTarget'],
    ['an unknown attribute', { op: 'replace', path: 'passwordHash', value: 'x' }, 'invalidPath'],
    ['an unknown part', { op: 'replace', path: 'name.middle', value: 'x' }, 'invalidPath'],
    ['an unknown part of a value', { op: 'replace', path: 'emails[type eq "work"].hash', value: 'x' }, 'invalidPath'],
    ['brackets on one value', { op: 'remove', path: 'name[givenName eq "Ann"]' }, 'invalidPath'],
    ['__proto__', { op: 'add', path: '__proto__.x', value: 'y' }, 'invalidPath'],
    ['a broken filter', { op: 'remove', path: 'emails[type eq ]' }, 'invalidFilter'],
    ['what the service sets', { op: 'replace', path: 'id', value: 'mine' }, 'mutability'],
    ['roles at the user', { op: 'add', path: 'roles', value: [{ value: 'admin' }] }, 'mutability'],
    ['the user name away', { op: 'remove', path: 'userName' }, 'mutability'],
    ['no value', { op: 'replace', path: 'title' }, 'invalidValue'],
    ['a text without path', { op: 'replace', value: 'x' }, 'invalidValue'],
    ['a text for a complex attribute', { op: 'replace', path: 'name', value: 'x' }, 'invalidValue'],
  ])('refuses %s', (_, operation, scimType) => {
    expect(() => after(operation)).toThrow(expect.objectContaining({ status: 400, scimType }) as Error);
  });
});
