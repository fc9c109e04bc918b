import { describe, expect, it } from 'vitest';
import { apiRecord, deploymentRecord } from '../../test/records.js';
import type { CompiledApi } from './compiled-api.js';
import { OperationTable } from './operation-table.js';
import { RouteTable } from './route-table.js';

function api(uuid: string, basePaths: string[], vhost = 'localhost', environment = 'Default'): CompiledApi {
  return {
    api: apiRecord({ uuid, basePath: basePaths[0] ?? '' }),
    deployment: deploymentRecord({ apiUuid: uuid, vhost, environment }),
    vhost,
    basePaths,
    operations: new OperationTable(),
    run: () => null,
    production: { endpoints: [], next: -1 },
    sandbox: { endpoints: [], next: -1 },
    withheldHeaders: new Set(),
  };
}

const found = (table: RouteTable, host: string, path: string) => {
  const route = table.find(host, path);
  return route && [route.api.api.uuid, route.resource];
};

describe('R-50 V-46 the route table', () => {
  const apis = [
    api('v1', ['/pizza/1', '/pizza']),
    api('v2', ['/pizza/2']),
    api('deep', ['/t/abc.com/a/b/c/1']),
    api('own', ['/pizza/1'], 'api.example'),
  ];
  const table = RouteTable.empty.with([], apis, () => apis);

  it.each([
    ['localhost', '/pizza/1/menu', ['v1', '/menu']],
    ['localhost', '/pizza/2', ['v2', '']],
    ['localhost', '/pizza/menu', ['v1', '/menu']],
    ['localhost', '/pizza/10/menu', ['v1', '/10/menu']],
    ['localhost', '/t/abc.com/a/b/c/1/x/y', ['deep', '/x/y']],
    ['localhost', '/pizzas/1', null],
    ['localhost', '/', null],
    ['api.example', '/pizza/1/menu', ['own', '/menu']],
    ['api.example', '/pizza/2', null],
    ['api.example.evil.com', '/pizza/1', null],
    ['127.0.0.1', '/pizza/2/x', ['v2', '/x']],
    ['[::1]', '/pizza/2/x', ['v2', '/x']],
  ])('%s %s → %j', (host, path, expected) => expect(found(table, host, path)).toEqual(expected));

  it('gives a path back to the other claimant when its holder goes', () => {
    const first = api('a', ['/x'], 'localhost', 'A');
    const second = api('a', ['/x'], 'localhost', 'B');
    const both = RouteTable.empty.with([], [second, first], () => [second, first]);
    expect(both.find('localhost', '/x')?.api).toBe(first);
    expect(both.with([first], [], () => [second]).find('localhost', '/x')?.api).toBe(second);
  });

  it('leaves requests on the former table alone', () => {
    const next = table.with([apis[1] as CompiledApi], [], () => apis.slice(0, 1));
    expect(found(next, 'localhost', '/pizza/2/x')).toEqual(['v1', '/2/x']);
    expect(found(table, 'localhost', '/pizza/2/x')).toEqual(['v2', '/x']);
  });

  it('changes one API among 10,000 without looking at the others', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => api(`m${i}`, [`/m${i}/1`]));
    const big = RouteTable.empty.with([], many, () => many);
    const old = big.find('localhost', '/m5/1')?.api as CompiledApi;
    const changed = big.with([old], [api('new', ['/m5/1'])], () => expect.unreachable());
    expect(found(changed, 'localhost', '/m5/1/x')).toEqual(['new', '/x']);
    expect(found(changed, 'localhost', '/m9999/1/x')).toEqual(['m9999', '/x']);
  });
});
