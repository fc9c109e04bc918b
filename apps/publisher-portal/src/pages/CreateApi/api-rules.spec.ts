import { expect, it } from 'vitest';
import { problemsOf, suggestContext } from './api-rules';

const good = { name: 'Pizza Shack', context: '/pizza', version: '1.0.0', endpoint: 'https://back.example/api' };

it('finds nothing wrong with an ordinary API, also without an endpoint', () => {
  expect(problemsOf(good)).toEqual({});
  expect(problemsOf({ ...good, endpoint: '' })).toEqual({});
});

it.each([
  [{ name: '' }, { name: 'required' }],
  [{ name: ' Pizza' }, { name: 'edgeSpace' }],
  [{ name: 'a'.repeat(61) }, { name: 'tooLong' }],
  [{ name: 'Pizza/Shack' }, { name: 'banned' }],
  [{ context: '/' }, { context: 'required' }],
  [{ context: '/a b' }, { context: 'banned' }],
  [{ version: '1 0' }, { version: 'banned' }],
  [{ endpoint: 'back.example' }, { endpoint: 'notUrl' }],
  [{ endpoint: 'file:///etc/passwd' }, { endpoint: 'notUrl' }],
])('%o is refused at its field', (change, problems) => {
  expect(problemsOf({ ...good, ...change })).toEqual(problems);
});

it.each([
  ['Pizza Shack!', '/pizza-shack'],
  ['  --  ', ''],
  ['披萨 店', '/披萨-店'],
  ['Café API v2', '/cafe-api-v2'],
])('suggests for "%s" the context "%s"', (name, context) => {
  expect(suggestContext(name)).toBe(context);
});
