// Writes every workspace package's tsconfig.json from its own package.json, so that compile order follows the declared
// dependencies and nothing has to be kept in step by hand. `--check` only compares and exits 1 on a difference.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

const root = JSON.parse(readFileSync('package.json', 'utf8'));
const check = process.argv.includes('--check');
const packages = new Map();
for (const pattern of root.workspaces) {
  for (const file of globSync(`${pattern}/package.json`)) {
    const pkg = JSON.parse(readFileSync(file, 'utf8'));
    packages.set(pkg.name, { dir: dirname(file), pkg });
  }
}
let differing = 0;
function put(file, value) {
  const text = JSON.stringify(value, null, 2) + '\n';
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  differing++;
  if (check) console.error(`${file} is out of date: run "npm run references"`);
  else writeFileSync(file, text);
}
const built = [];
for (const { dir, pkg } of packages.values()) {
  if (pkg.scripts?.build !== 'tsc -b') continue;
  built.push(dir);
  const references = Object.keys(pkg.dependencies ?? {})
    .filter((name) => packages.get(name)?.pkg.scripts?.build === 'tsc -b')
    .map((name) => ({ path: relative(dir, packages.get(name).dir) }));
  const up = relative(dir, '.');
  put(`${dir}/tsconfig.json`, {
    extends: `${up}/tsconfig.base.json`,
    compilerOptions: {
      composite: true,
      rootDir: 'src',
      outDir: 'dist',
      tsBuildInfoFile: 'dist/.tsbuildinfo',
      sourceMap: true,
    },
    references,
    include: ['src'],
    exclude: ['src/**/*.spec.ts'],
  });
}
put('tsconfig.build.json', { files: [], references: built.sort((a, b) => (a < b ? -1 : 1)).map((path) => ({ path })) });
if (check && differing) process.exit(1);
console.log(`${built.length} packages, ${differing} references ${check ? 'out of date' : 'written'}`);
