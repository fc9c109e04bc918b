import { describe, expect, it } from 'vitest';
import { contractValidator, validatorOf } from './contract-validator.js';
import type { ContractDocument } from './document.js';

const schemas = {
  Pet: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 2 },
      born: { type: 'string', format: 'date-time' },
      owner: { $ref: '#/components/schemas/Owner', nullable: true },
      kind: { type: 'string', enum: ['cat', 'dog'] },
      age: { type: 'integer', minimum: 0, exclusiveMinimum: true },
      type: { type: 'string', nullable: true, readOnly: true },
    },
    discriminator: { propertyName: 'kind' },
  },
  Owner: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
  Cat: { allOf: [{ $ref: '#/components/schemas/Pet' }, { type: 'object', required: ['lives'] }] },
};
const json = (name: string): object => ({
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
});
const petShop: ContractDocument = {
  name: 'pets',
  basePath: '/v1',
  schemas,
  root: {
    paths: {
      '/pets/{id}': {
        get: { responses: { 200: json('Pet'), '4XX': { $ref: '#/components/responses/Gone' }, 500: json('Nowhere') } },
        delete: { responses: { 204: { description: 'gone' } } },
      },
      '/pets/best': { get: { responses: { 200: json('Cat') } } },
    },
    components: { schemas, responses: { Gone: json('Owner') } },
  },
};

describe('contract validator', () => {
  const validator = validatorOf(petShop);
  const get = (path: string, status: number, body: unknown): string[] =>
    validator.check({ method: 'GET', path, status, body });

  it('finds nothing wrong with an answer that keeps the contract', () => {
    expect(
      get('/v1/pets/7?fields=all', 200, { name: 'Tom', born: '2026-01-02T03:04:05Z', owner: null, age: 1, type: null }),
    ).toEqual([]);
    expect(get('/pets/7', 404, { id: 1 })).toEqual([]);
    expect(get('/mounted/v1/pets/7', 404, { id: 1 })).toEqual([]);
    expect(validator.check({ method: 'DELETE', path: '/pets/7', status: 204, body: undefined })).toEqual([]);
  });

  it.each([
    ['a missing field', {}, "body must have required property 'name'"],
    ['a short text', { name: 'T' }, 'body/name must NOT have fewer than 2 characters'],
    ['a bad date', { name: 'Tom', born: 'monday' }, 'body/born must match format "date-time"'],
    ['a wrong inner field', { name: 'Tom', owner: {} }, "body/owner must have required property 'id'"],
    [
      'a value outside the enumeration',
      { name: 'Tom', kind: 'cow' },
      'body/kind must be equal to one of the allowed values',
    ],
    ['an exclusive limit', { name: 'Tom', age: 0 }, 'body/age must be > 0'],
    ['null where it is not allowed', { name: null }, 'body/name must be string'],
  ])('names %s', (_, body, problem) => {
    expect(get('/pets/7', 200, body).join('\n')).toContain(`GET /pets/{id} 200: ${problem}`);
  });

  it('a literal path wins over a parameter, and allOf holds all parts', () => {
    expect(get('/pets/best', 200, { name: 'Tom' })).toEqual([
      "GET /pets/best 200: body must have required property 'lives'",
    ]);
  });

  it('refuses an unlisted status unless it is allowed', () => {
    const answer = { method: 'GET', path: '/pets/best', status: 418, body: {} };
    expect(validator.check(answer)).toEqual(['GET /pets/best 418: the contract does not list this status']);
    expect(validator.check({ ...answer, allowStatus: [418] })).toEqual([]);
  });

  it('reports what it cannot judge instead of passing it', () => {
    expect(get('/cows', 200, {})).toEqual(['GET /cows: the contract has no such operation']);
    expect(get('/pets/7', 500, {}).join()).toContain('Nowhere');
    expect(get('/pets/7', 200, undefined)).toEqual([
      'GET /pets/{id} 200: the contract has a body, the answer has none',
    ]);
  });
});

describe.skipIf(!process.env['CONTRACTS_DIR'])('the contracts in CONTRACTS_DIR (left out without it)', () => {
  it.each([
    [
      'publisher-api-v4.yaml',
      '/api/am/publisher/v4/apis',
      { count: 0, list: [], pagination: { offset: 0, limit: 25, total: 0, next: '', previous: '' } },
      { count: 'none' },
    ],
    ['devportal-api-v3.yaml', '/api/am/devportal/v3/applications', { count: 0, list: [] }, { list: {} }],
    [
      'admin-api-v4.yaml',
      '/api/am/admin/v4/throttling/policies/application',
      { count: 0, list: [] },
      { list: [{ policyName: 1 }] },
    ],
  ])('%s tells a good list from a bad one', (file, path, good, bad) => {
    const validator = contractValidator(file)!;
    expect(validator.check({ method: 'GET', path, status: 200, body: good })).toEqual([]);
    expect(validator.check({ method: 'GET', path, status: 200, body: bad })).not.toEqual([]);
  });
});
