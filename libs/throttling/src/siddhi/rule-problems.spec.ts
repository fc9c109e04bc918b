import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRule, RuleError } from './index.js';

const tail =
  'select userId as throttleKey, count() >= 2 as isThrottled, expiryTimeStamp group by userId insert all events into ResultStream;';
const batch = '#throttler:timeBatch(1 min)';
const filtered = (condition: string) => `from RequestStream[${condition}]${batch} ${tail}`;
const selecting = (items: string, rest = 'group by userId') =>
  `from RequestStream${batch} select ${items} ${rest} insert all events into ResultStream;`;
const windowed = (window: string) => `from RequestStream${window} ${tail}`;
const good = windowed(batch);

function problemsOf(text: string): string[] {
  try {
    compileRule(text);
    return [];
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}

/** The mistake, the rule, the text that the problem points at, a part of its message. */
const mistakes: readonly [string, string, string, string][] = [
  ['an unknown attribute', selecting('userID as throttleKey'), 'userID', "did you mean 'userId'"],
  [
    'an unknown stream',
    good.replace('RequestStream', 'RequestStraem'),
    'RequestStraem',
    "did you mean 'RequestStream'",
  ],
  ['one equals sign', filtered("userId = 'a'"), "= 'a'", "write '=='"],
  ['two equals signs apart', filtered("userId = = 'a'"), "= = 'a'", "write '=='"],
  ['unequal as in SQL', filtered("userId <> 'a'"), "<> 'a'", "write '!='"],
  ['no result', good.replace('into ResultStream', 'into ResultStrem'), 'ResultStrem', 'did you mean it here'],
  ['no flag', selecting('userId as throttleKey, expiryTimeStamp'), 'select', "'isThrottled bool'"],
  ['no end', selecting('userId as throttleKey, count() >= 2 as isThrottled'), 'select', 'throttler:timeBatch'],
  [
    'a flag that is a count',
    selecting('userId as throttleKey, count() as isThrottled, expiryTimeStamp'),
    'count()',
    'must be bool, this is long',
  ],
  ['a text compared with a number', filtered('appId > 5'), '> 5', "convert(appId, 'int')"],
  [
    'texts joined by a sign',
    selecting("userId + ':' as throttleKey, true as isThrottled, expiryTimeStamp"),
    "+ ':'",
    'str:concat',
  ],
  ['not before a comparison', filtered("not userId == 'a'"), 'userId', 'write not (a == b)'],
  ['a property compared as it is', filtered("map:get(propertiesMap,'ip') == 5"), 'map:get', 'cast(…'],
  ['the properties as a text', filtered("propertiesMap == 'x'"), 'propertiesMap', 'map:get'],
  ['a function that there is not', filtered("str:startsWith(userId, 'a')"), 'str:startsWith', "regex:find('^…'"],
  [
    'an argument of another type',
    filtered("str:split(userId, 5, 1) == 'a'"),
    '5, 1',
    'argument 2 of str:split must be string, found int',
  ],
  ['too few arguments', filtered("str:split(userId) == 'a'"), ") == 'a'", 'takes 3 arguments, found 1'],
  ['an unknown type', filtered("cast(userId, 'integer') == 1"), "'integer'", 'one of int, long'],
  [
    'an expression without a name',
    selecting('userId as throttleKey, count() >= 5, expiryTimeStamp'),
    ', expiryTimeStamp',
    "add 'as isThrottled'",
  ],
  [
    'an aggregate without a window',
    good.replace(batch, '').replace('expiryTimeStamp', '5L as expiryTimeStamp'),
    'count()',
    'never falls',
  ],
  ['an end that nobody provides', good.replace(batch, '#window.time(1 min)'), 'expiryTimeStamp', 'throttler:timeBatch'],
  ['a processor as a window', windowed('#window.throttler:timeBatch(1 min)'), '#window', 'write #throttler:timeBatch'],
  ['a processor without its namespace', windowed('#timeBatch(1 min)'), '#timeBatch', '#throttler:timeBatch'],
  ['an unknown unit', windowed('#throttler:timeBatch(1 mins)'), 'mins', 'use min'],
  ['a window that varies', windowed('#throttler:timeBatch(userId)'), 'userId)', 'constant'],
  ['a window of nothing', windowed('#throttler:timeBatch(0)'), '0)', 'at least 1 ms'],
  ['group by an alias', good.replace('group by userId', 'group by throttleKey'), 'throttleKey insert', 'output name'],
  [
    'having with an input',
    good.replace('insert', "having userId == 'a' insert"),
    "userId == 'a'",
    'having sees throttleKey',
  ],
  [
    'having with an aggregate',
    good.replace('insert', 'having count() > 2 insert'),
    'count() > 2',
    'name the aggregate in select',
  ],
  ['an aggregate in a filter', filtered('count() > 2'), 'count() > 2', 'aggregates belong into select'],
  [
    'an aggregate in an aggregate',
    selecting('userId as throttleKey, sum(count()) > 1 as isThrottled, expiryTimeStamp'),
    'count())',
    'inside another',
  ],
  [
    'two shapes of one stream',
    `from RequestStream select userId insert into S; from RequestStream select userId, appId insert into S; from S${batch} ${tail}`,
    'S; from S',
    'written as (userId string)',
  ],
  ['a circle', `from A select userId insert into B; from B select userId insert into A; ${good}`, 'A select', 'circle'],
  ['look-around', filtered("regex:find('(?=a)b', userId)"), "'(?=a)b'", 'no look-around'],
  ['a back-reference', filtered(String.raw`regex:find('(a)\1', userId)`), "'(a)", 'back-references'],
  ['an unclosed text', filtered("userId == 'a"), "'a]", 'not closed'],
  ['an unclosed comment', `${good} /* for ever`, '/* for', 'never closed'],
  ['an unclosed bracket', good.replace('1 min)', '1 min'), '(1 min', 'never closed'],
  ['a slash comment', `// mine\n${good}`, '// mine', "begin with '--'"],
  ['a name without a counterpart', 'select', 'select', 'expected'],
  ['a join', good.replace('from RequestStream', 'from RequestStream join Other'), 'join', 'join is not supported'],
  ['a pattern', `from every e1=RequestStream -> e2=RequestStream ${tail}`, 'every', 'pattern'],
  ['a table', `define table T (a string); ${good}`, 'table', 'define table is not supported'],
  [
    'a window definition',
    `define window W (a string) time(1 min); ${good}`,
    'window',
    'define window is not supported',
  ],
  ['a trigger', `define trigger T at every 5 sec; ${good}`, 'trigger', 'define trigger is not supported'],
  ['a function definition', `define function f[javascript] return string { }; ${good}`, '{', 'means nothing'],
  [
    'a partition',
    `partition with (userId of RequestStream) begin ${good} end;`,
    'partition',
    'partition with is not supported',
  ],
  ['an inner stream', good.replace('RequestStream', '#Inner'), '#Inner', 'inner stream'],
  ['a look-up', filtered('userId in Users'), 'in Users', 'table look-up'],
  [
    'a limited output',
    good.replace('insert all', 'output last every 1 min insert all'),
    'output',
    "'output' is not supported",
  ],
  ['order by', good.replace('insert all', 'order by userId insert all'), 'order', "'order by' is not supported"],
  ['limit', good.replace('insert all', 'limit 5 insert all'), 'limit', "'limit' is not supported"],
  ['a store', `@store(type='rdbms') define stream S (a string); ${good}`, '@store', '@store is not supported'],
  ['maxForever', filtered('maxForever(5) > 1'), 'maxForever', 'not supported'],
  ['another window', windowed('#window.session(1 min)'), '#window', 'window session is not supported'],
  ['a property that nothing has', filtered(`map:get(propertiesMap, '${'x'.repeat(200)}') is null`), "'xxx", '1 to 128'],
  [
    'a property of the language below',
    filtered("map:get(propertiesMap, '__proto__') is null"),
    "'__proto__'",
    'no property',
  ],
  ['another map function', filtered("map:put(propertiesMap, 'a', 1)"), 'map:put', 'not supported'],
];

describe('what is wrong in a rule', () => {
  it.each(mistakes)('%s', (_, text, at, message) => {
    const offset = text.indexOf(at);
    expect(offset, `"${at}" stands in the rule`).toBeGreaterThanOrEqual(0);
    const problems = problemsOf(text);
    expect(problems).toContainEqual(expect.stringContaining(message));
    const lines = text.slice(0, offset).split('\n');
    const place = `${lines.length}:${(lines.at(-1) as string).length + 1} `;
    expect(
      problems.filter((problem) => problem.includes(message)).map((problem) => `${problem.split(' ')[0]} `),
    ).toContain(place);
  });

  it('is told all at once, also behind a statement that cannot be read', () => {
    const problems = problemsOf(
      `from RequestStream select ( insert into A;\nfrom RequestStream select userID insert into B;\n${good}`,
    );
    expect(problems).toEqual([expect.stringMatching(/^1:/), expect.stringMatching(/^2:27 .*did you mean 'userId'/)]);
  });

  it('is also that brackets are nested too deep', () => {
    expect(problemsOf(filtered(`${'('.repeat(60)}true${')'.repeat(60)}`))).toEqual([expect.stringContaining('nested')]);
  });

  it('is also that one request becomes very many rows', () => {
    const twice = Array.from({ length: 40 }, (_, i) =>
      `from ${i === 0 ? 'RequestStream' : `S${i}`} select userId insert into S${i + 1};`.repeat(2),
    ).join('');
    expect(problemsOf(twice + good)).toEqual([expect.stringContaining('more than 100 rows')]);
  });

  it('is nothing where only blanks, comments, case and spelling differ', () => {
    const odd = `-- first\n@ Plan : name('x')\n@Plan:description("a")\nFROM RequestStream [ regex: find ('a', userId) ] # throttler: timeBatch ( 1 MIN , 0 ) /* c * d */
Select userId As throttleKey, COUNT(userId) >= 2 as isThrottled, expiryTimeStamp Group By userId Insert All Events Into ResultStream`;
    expect(problemsOf(odd)).toEqual([]);
    expect(problemsOf(windowed('#throttler:timeBatch(1 hour 30 min, -1)'))).toEqual([]);
    expect(problemsOf(windowed('#throttler:timeBatch(30 min 1 hour)'))).toEqual([
      expect.stringContaining('out of order'),
    ]);
  });
});

const words = [
  'from',
  'RequestStream',
  'ResultStream',
  'select',
  'userId',
  'as',
  'throttleKey',
  ',',
  'count()',
  'sum(',
  ')',
  '(',
  '>=',
  '==',
  '=',
  '2',
  '1.5f',
  "'a'",
  'isThrottled',
  'expiryTimeStamp',
  'group by',
  'having',
  'insert',
  'all events',
  'into',
  '#throttler:timeBatch(1 min)',
  '#window.time(',
  '1 min',
  ';',
  '[',
  ']',
  'and',
  'or',
  'not',
  'is null',
  '+',
  '-',
  '/',
  '*',
  '#',
  '@',
  ':',
  '.',
  'define',
  'stream',
  'S',
  'string',
  'str:concat(',
  'regex:find(',
  'map:get(propertiesMap,',
  'cast(',
  "'(a+)+$'",
  'true',
  '--',
  '/*',
  '*/',
  '"',
  '`x y`',
  '\n',
  '\u0000',
  '💥',
  'in',
  'join',
  '->',
  '9999999999999999999',
  '1e999',
];

describe('any text', () => {
  it('is a rule or gives the rule error, soon', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.constantFrom(...words), { maxLength: 80 }).map((parts) => parts.join(' ')),
      // A good rule with something cut out and something else put in.
      fc
        .tuple(fc.nat(good.length), fc.nat(20), fc.constantFrom(...words))
        .map(([at, cut, word]) => good.slice(0, at) + word + good.slice(at + cut)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const problem of problemsOf(text)) expect(problem).toMatch(/^\d+:\d+ ./);
      }),
      { numRuns: 1_500 },
    );
  });

  it.each([
    ['brackets', `from RequestStream[${'('.repeat(9_000)}`],
    ['negations', filtered(`${'not '.repeat(4_000)}true`)],
    ['sums', filtered(`1 ${'+ 1 '.repeat(2_000)} > 5`)],
    ['queries', 'from RequestStream select userId insert into S;'.repeat(300)],
    [
      'a chain of queries',
      Array.from({ length: 150 }, (_, i) => `from S${i} select userId insert into S${i + 1};`)
        .reverse()
        .join('') + good,
    ],
    ['blanks', ' '.repeat(1_000_000)],
    ['an open comment', `/*${'*'.repeat(19_000)}`],
  ])('V-52 of very many %s is judged within a second', (_, text) => {
    const started = performance.now();
    problemsOf(text);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('the engine', () => {
  it('makes no code out of text (V-29)', () => {
    const sources = globSync(`${import.meta.dirname}/**/*.ts`).filter((file) => !file.endsWith('.spec.ts'));
    expect(sources.length).toBeGreaterThan(20);
    const makers = /\beval\s*\(|\bFunction\s*\(|['"](node:)?vm['"]|\bimport\s*\(|setTimeout\s*\(/;
    expect(sources.filter((file) => makers.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});
