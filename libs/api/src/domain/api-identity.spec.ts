import { superOrganization } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import { basePathOf, identityProblems, normalizeContext } from './api-identity.js';

const fields = (name: string, context: string, version: string, organization = superOrganization): string[] =>
  identityProblems({ name, context: normalizeContext(context, organization), version }, organization).map(
    (problem) => problem.field,
  );

describe('name, context and version of an API', () => {
  it.each([
    ['PizzaShack', '/pizzashack', '1.0.0'],
    ['Pizza Shack 2', 'pizza/shack-2', 'v1'],
    ['Käse', '/{version}/kaese', '2024-01'],
    ['P', '/api-{version}/x', '1.0.0_beta'],
  ])('takes %s %s %s', (name, context, version) => {
    expect(fields(name, context, version)).toEqual([]);
  });

  it.each([
    ['a blank name', ['  ', '/a', '1'], ['name']],
    ['a name with a slash', ['a/b', '/a', '1'], ['name']],
    ['a name with markup', ['<script>', '/a', '1'], ['name']],
    ['a name of 61 characters', ['a'.repeat(61), '/a', '1'], ['name']],
    ['a name with a line feed', ['a\nb', '/a', '1'], ['name']],
    ['an empty context', ['a', '/', '1'], ['context']],
    ['a context that climbs', ['a', '/a/../b', '1'], ['context']],
    ['a context with a query', ['a', '/a?b', '1'], ['context']],
    ['a context with an escaped slash', ['a', '/a%2fb', '1'], ['context']],
    ['another template than {version}', ['a', '/{x}/b', '1'], ['context']],
    ['{version} twice', ['a', '/{version}/{version}', '1'], ['context']],
    ['a context of a tenant', ['a', '/t/other.com/a', '1'], ['context']],
    ['a context of 233 characters', ['a', `/${'a'.repeat(232)}`, '1'], ['context']],
    ['a version with a space', ['a', '/a', '1 0'], ['version']],
    ['a name that is shown in another order than it is written', ['a\u202Eb', '/a', '1'], ['name']],
    ['a version that clients encode in different ways', ['a', '/a', 'ß'], ['version']],
    ['a version that begins a query', ['a', '/a', '1?2'], ['version']],
    ['a version of dots', ['a', '/a', '..'], ['version']],
    ['an empty version', ['a', '/a', ''], ['version']],
    ['all of them wrong, all at once', ['', '//', '/'], ['name', 'context', 'version']],
  ])('refuses %s', (_, [name = '', context = '', version = ''], expected) => {
    expect(fields(name, context, version)).toEqual(expected);
  });

  it('puts a tenant before the context once', () => {
    expect(normalizeContext('a', 'acme.com')).toBe('/t/acme.com/a');
    expect(normalizeContext('/t/acme.com/a/', 'acme.com')).toBe('/t/acme.com/a');
    expect(fields('a', '/t/acme.com', '1', 'acme.com')).toEqual(['context']);
  });

  it('are served below context and version', () => {
    expect(basePathOf('/a', '1.0')).toBe('/a/1.0');
    expect(basePathOf('/{version}/a', '1.0')).toBe('/1.0/a');
  });
});
