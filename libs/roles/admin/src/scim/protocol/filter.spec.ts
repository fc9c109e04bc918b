import { describe, expect, it } from 'vitest';
import { roleViews } from '../role-type.js';
import { userType } from '../user-type.js';
import { matchesFilter } from './filter-match.js';
import { parseFilter } from './filter-parser.js';

const ann = {
  id: '1f0c',
  userName: 'Ann',
  name: { givenName: 'Ann', familyName: "O'Malley" },
  emails: [
    { value: 'ann@work.example', type: 'work', primary: true },
    { value: 'Ann@Home.example', type: 'home' },
  ],
  active: true,
  title: '',
  roles: [{ value: 'r1', display: 'admin' }],
  'urn:scim:wso2:schema': { accountLocked: false },
  meta: { created: '2026-05-13T04:42:34.000Z', lastModified: '2026-05-14T00:00:00.000Z' },
};

const matches = (filter: string): boolean => matchesFilter(parseFilter(filter, userType), ann);

describe('a filter (RFC 7644 section 3.4.2.2)', () => {
  it.each([
    // operators
    ['userName eq "Ann"', true],
    ['userName eq "ann"', false], // exact: names that differ in case are different people
    ['USERNAME EQ "Ann"', true],
    ['userName ne "Ann"', false],
    ['name.familyName co "MALL"', true],
    ['name.familyName sw "o\'"', true],
    ['name.familyName ew "ley"', true],
    ['name.familyName ew "O"', false],
    ['userName gt "Amy"', true],
    ['userName ge "Ann"', true],
    ['userName lt "Ann"', false],
    ['userName le "Ann"', true],
    ['meta.lastModified gt "2026-05-13T04:42:34Z"', true],
    ['meta.created ge "2026-05-13T06:42:34+02:00"', true],
    ['meta.created lt "2026-05-13T04:42:34Z"', false],
    // presence, truth values, null
    ['title pr', false],
    ['emails pr', true],
    ['name.givenName pr', true],
    ['nickName pr', false],
    ['active eq true', true],
    ['active ne true', false],
    ['nickName eq null', true],
    ['userName ne null', true],
    // URNs and extensions
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "A"', true],
    ['urn:scim:wso2:schema:accountLocked eq false', true],
    // several values
    ['emails eq "ann@home.example"', true],
    ['emails.type eq "work"', true],
    ['emails.value ne "nobody@example.com"', true],
    ['emails ne "ann@work.example"', false],
    ['roles.display eq "admin"', true],
    // value paths: both conditions on one value
    ['emails[type eq "work" and value co "@work"]', true],
    ['emails[type eq "work" and value co "@home"]', false],
    ['emails[not (type eq "work")]', true],
    ['emails[type eq "home" or type eq "other"] and active eq true', true],
    // precedence: not, and, or; parentheses
    ['userName eq "x" and userName eq "y" or active eq true', true],
    ['userName eq "x" and (userName eq "y" or active eq true)', false],
    ['active eq true or userName eq "x" and userName eq "y"', true],
    ['not (userName eq "Ann")', false],
    ['not (userName eq "x") and not (active eq false)', true],
    ['NOT (userName eq "x" OR userName eq "y") AND active eq true', true],
    ['((userName eq "Ann"))', true],
    // texts
    ['userName eq "A\\u006en"', true],
    ['userName eq "Ann\\""', false],
    ['userName eq Ann', true], // a bare word, as clients of the field send it
    ['userName eq "Ann) or (active eq true"', false],
  ])('%s: %s', (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  it('knows members of groups', () => {
    const group = { displayName: 'testers', members: [{ value: 'u1', display: 'ann' }] };
    const groups = roleViews.groups.type;
    expect(matchesFilter(parseFilter('members[value eq "u1"] and displayName sw "test"', groups), group)).toBe(true);
    expect(matchesFilter(parseFilter('members.value eq "u2"', groups), group)).toBe(false);
  });
});

describe('R-78 V-21 a filter is refused with invalidFilter and the column', () => {
  it.each([
    ['', 1],
    ['userName', 9],
    ['userName eq', 12],
    ['userName eq "x', 13],
    ['userName eq "\\x"', 13],
    ['userName is "x"', 10],
    ['unknown eq "x"', 1],
    ['password eq "x"', 1], // never asked for, however clever
    ['password pr', 1],
    ['name eq "x"', 1],
    ['active gt true', 11],
    ['active eq "yes"', 11],
    ['meta.created gt "yesterday"', 17],
    ['userName co null', 13],
    ['(userName eq "x"', 17],
    ['userName eq "x")', 16],
    ['userName eq "x" active eq true', 17],
    ['and userName eq "x"', 1],
    ['emails[type eq "work"', 22],
    ['emails[userName eq "x"]', 8],
    ['emails[type eq "x"] eq "y"', 21],
    ['userName[x eq "y"]', 1],
    ['emails[emails[type eq "x"] pr]', 8],
    ["userName eq 'x' or 1=1 --", 20],
    [`${'('.repeat(60)}userName eq "x"${')'.repeat(60)}`, 51],
  ])('%s', (filter, column) => {
    expect(() => parseFilter(filter, userType)).toThrow(
      expect.objectContaining({
        status: 400,
        scimType: 'invalidFilter',
        message: expect.stringContaining(`at column ${column}.`) as string,
      }) as Error,
    );
  });
});
