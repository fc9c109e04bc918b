import { describe, expect, it } from 'vitest';
import { OperationTable } from './operation-table.js';

function tableOf(...templates: string[]): OperationTable<string> {
  const table = new OperationTable<string>();
  for (const template of templates) table.add('GET', template, template);
  return table;
}

describe('the operation of a path', () => {
  const table = tableOf(
    '/*',
    '/menu/*',
    '/menu/{id}',
    '/menu/special',
    '/menu/{id}/price',
    '/files/{name}.json',
    '/files/{name}',
    '/a/{x}-{y}',
    '/',
  );
  it.each([
    ['/menu/special', '/menu/special'],
    ['/menu/special/', '/menu/special'],
    ['/menu/7', '/menu/{id}'],
    ['/menu/7/price', '/menu/{id}/price'],
    ['/menu/special/price', '/menu/{id}/price'],
    ['/menu/7/other', '/menu/*'],
    ['/menu', '/menu/*'],
    ['/files/a.json', '/files/{name}.json'],
    ['/files/.json', '/files/{name}'],
    ['/files/a.xml', '/files/{name}'],
    ['/a/b-c', '/a/{x}-{y}'],
    ['/a/b-', '/*'],
    ['/else/where', '/*'],
    ['/', '/'],
    ['', '/'],
  ])('%s is served by the most specific template, %s', (path, template) => {
    expect(table.find('GET', path)).toEqual({ operation: template });
  });

  it('is looked for per verb, and the other verbs are named', () => {
    table.add('POST', '/menu', 'post');
    expect(table.find('POST', '/menu')).toEqual({ operation: 'post' });
    expect(table.find('DELETE', '/menu')).toEqual({ allowedVerbs: ['GET', 'POST'] });
    expect(tableOf('/a').find('GET', '/b')).toEqual({ allowedVerbs: [] });
  });

  it('R-42 is none where a back end that ignores case would see another one', () => {
    const guarded = tableOf('/*', '/admin', '/Mixed', '/{id}/x');
    expect(guarded.find('GET', '/ADMIN')).toEqual({ allowedVerbs: [] });
    expect(guarded.find('GET', '/admin')).toEqual({ operation: '/admin' });
    expect(guarded.find('GET', '/Mixed')).toEqual({ operation: '/Mixed' });
    expect(guarded.find('GET', '/Other')).toEqual({ operation: '/*' });
    expect(guarded.find('GET', '/Any/x')).toEqual({ operation: '/{id}/x' });
    expect(tableOf('/a', '/A').find('GET', '/A')).toEqual({ operation: '/A' });
  });

  it('cannot be given twice', () => {
    expect(() => tableOf('/a/{x}', '/a/{y}')).toThrow('The operation GET /a/{y} is there twice.');
  });

  it('R-54 is found as quickly among many templates, and a hostile path does not slow it down', () => {
    const many = tableOf(...Array.from({ length: 20 }, (_, i) => `/{a${i}}${'/{b}'.repeat(i)}/end${i}`));
    const started = performance.now();
    for (let i = 0; i < 1_000; i++) many.find('GET', `/${'x/'.repeat(60)}`);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
