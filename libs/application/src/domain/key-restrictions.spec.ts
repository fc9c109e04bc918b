import { describe, expect, it } from 'vitest';
import { restrictionProblems, tidyRestrictions } from './index.js';

describe('restrictions of an API key', () => {
  it.each([
    ['', ''],
    ['10.1.2.3', 'www.abc.com/path'],
    ['10.0.0.0/8, 2001:db8::/32 ,::1', 'sub.cds.com/*,*.gef.com/*'],
    ['', 'localhost:3000/app/*'],
  ])('take addresses "%s" and pages "%s"', (permittedIp, permittedReferer) => {
    expect(restrictionProblems({ permittedIp, permittedReferer })).toEqual([]);
  });

  it.each(['300.1.1.1', '10.0.0.0/33', '10.0.0.0/8/8', '::/129', 'example.com', '10.0.0.0/'])(
    'refuse the address %s',
    (entry) => {
      expect(restrictionProblems({ permittedIp: `10.1.1.1,${entry}`, permittedReferer: '' })).toEqual([
        { field: 'additionalProperties.permittedIP', message: expect.stringContaining(`"${entry}" is not an IPv4`) },
      ]);
    },
  );

  it.each(['*', 'a.*.com/x', 'www.abc.com/a b', 'https://www.abc.com/x', 'www.abc.com/*/x', 'www.abc.com/pa*'])(
    'refuse the page %s',
    (entry) => {
      expect(restrictionProblems({ permittedIp: '', permittedReferer: entry })).toEqual([
        { field: 'additionalProperties.permittedReferer', message: expect.stringContaining('is not a page') },
      ]);
    },
  );

  it('bound the length and the number of entries', () => {
    const many = Array.from({ length: 101 }, () => '1.1.1.1').join(',');
    expect(restrictionProblems({ permittedIp: many, permittedReferer: 'a'.repeat(4001) })).toEqual([
      { field: 'additionalProperties.permittedIP', message: 'At most 100 entries.' },
      { field: 'additionalProperties.permittedReferer', message: 'At most 4000 characters.' },
    ]);
  });

  it('are kept without blanks', () => {
    expect(tidyRestrictions({ permittedIp: ' 10.1.1.1 ,, ::1', permittedReferer: ' ' })).toEqual({
      permittedIp: '10.1.1.1,::1',
      permittedReferer: '',
    });
  });
});
