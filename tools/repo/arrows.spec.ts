import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { brokenArrows, importsOf, type SourceFile, type WorkspacePackage } from './arrows.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = (path: string): boolean => /(^|\/)(node_modules|dist)(\/|$)/.test(path);

function realPackages(): WorkspacePackage[] {
  const patterns = ['apps/*', 'libs/*', 'libs/platform/*', 'libs/roles/*', 'tools/*'];
  return patterns
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
    .map((file) => {
      const text = JSON.parse(readFileSync(`${root}/${file}`, 'utf8')) as {
        name: string;
        dependencies?: object;
        devDependencies?: object;
      };
      return {
        name: text.name,
        dir: dirname(file),
        dependencies: Object.keys(text.dependencies ?? {}),
        devDependencies: Object.keys(text.devDependencies ?? {}),
      };
    });
}

function realFiles(): SourceFile[] {
  return globSync('{apps,libs}/**/*.{ts,tsx}', { cwd: root, exclude: built }).map((path) => ({
    path,
    text: readFileSync(`${root}/${path}`, 'utf8'),
  }));
}

it('every import of apps and libs points the right way', () => {
  const files = realFiles();
  expect(files.length).toBeGreaterThan(50);
  expect(brokenArrows(files, realPackages())).toEqual([]);
});

const packages: WorkspacePackage[] = [
  { name: '@tollgate/base', dir: 'libs/base', dependencies: ['@tollgate/pets'] },
  {
    name: '@tollgate/pets',
    dir: 'libs/pets',
    dependencies: ['@tollgate/base', '@tollgate/role-shop', '@tollgate/database', '@tollgate/toys'],
  },
  { name: '@tollgate/toys', dir: 'libs/toys', dependencies: [] },
  { name: '@tollgate/gateway', dir: 'libs/gateway', dependencies: ['@tollgate/pets', '@tollgate/database'] },
  { name: '@tollgate/database', dir: 'libs/platform/database', dependencies: ['@tollgate/pets'] },
  { name: '@tollgate/role-shop', dir: 'libs/roles/shop', dependencies: ['@tollgate/pets', '@tollgate/app-one'] },
  { name: '@tollgate/app-one', dir: 'apps/one', dependencies: ['@tollgate/app-two', '@tollgate/role-shop'] },
  { name: '@tollgate/app-two', dir: 'apps/two', dependencies: [] },
];
const broken = (path: string, specifier: string): string[] =>
  brokenArrows([{ path, text: `import { x } from '${specifier}';` }], packages);

describe('each rule', () => {
  it.each([
    ['libs/pets/src/domain/a.ts', '../../../toys/src/index.js', 'a relative path leaves the package'],
    ['apps/one/src/main.ts', '@tollgate/app-two', 'nothing imports an app'],
    ['libs/roles/shop/src/a.ts', '@tollgate/app-one', 'nothing imports an app'],
    ['libs/toys/src/server/a.ts', '@tollgate/base', 'does not declare @tollgate/base'],
    ['libs/pets/src/contract/a.ts', '@tollgate/pets/domain', 'not domain'],
    ['libs/pets/src/contract/a.ts', '../server/b.js', 'not server'],
    ['libs/pets/src/contract/a.ts', 'ioredis', 'contract may use only zod'],
    ['libs/pets/src/domain/a.ts', '@tollgate/toys/server', 'not server'],
    ['libs/pets/src/domain/a.ts', '@tollgate/database', 'not platform'],
    ['libs/pets/src/domain/a.ts', 'typeorm', 'domain never uses typeorm'],
    ['libs/pets/src/server/a.ts', '@tollgate/role-shop', 'not role'],
    ['libs/gateway/src/a.ts', '@tollgate/pets/server', 'not server'],
    ['libs/gateway/src/a.ts', '@tollgate/database', 'not platform'],
    ['libs/gateway/src/a.ts', '@nestjs/common', 'gateway never uses @nestjs/common'],
    ['libs/platform/database/src/a.ts', '@tollgate/pets/contract', 'not contract'],
    ['libs/base/src/a.ts', '@tollgate/pets/contract', 'not contract'],
    ['libs/pets/src/server/a.ts', '@tollgate/nobody', 'there is no such package'],
    ['libs/stray.ts', 'zod', 'belongs to no workspace package'],
  ])('%s importing %s is refused', (path, specifier, problem) => {
    expect(broken(path, specifier)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['libs/pets/src/contract/a.ts', 'zod'],
    ['libs/pets/src/domain/a.ts', '@tollgate/toys/contract'],
    ['libs/pets/src/server/a.ts', '@tollgate/database'],
    ['libs/pets/src/server/a.spec.ts', '@tollgate/testing'],
    ['libs/gateway/src/a.ts', '@tollgate/pets/domain'],
    ['apps/one/src/main.ts', '@tollgate/role-shop'],
  ])('%s may import %s', (path, specifier) => {
    const testing: WorkspacePackage = { name: '@tollgate/testing', dir: 'libs/platform/testing', dependencies: [] };
    const file = { path, text: `export { x } from '${specifier}';` };
    expect(brokenArrows([file], [...packages, testing])).toEqual([]);
  });

  it('sees every way to import, and no comment', () => {
    const text = `import a from 'a';\nimport type { B } from "b";\nimport 'c';\nexport {\n  d,\n} from 'd';\nconst e = await import('e');\n// import x from 'x';\n/* import y from 'y'; */`;
    expect(importsOf(text)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
