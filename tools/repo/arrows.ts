import { dirname, join } from 'node:path/posix';

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface WorkspacePackage {
  readonly name: string;
  /** Folder from the root. */
  readonly dir: string;
  readonly dependencies: readonly string[];
  /** What only its specs use. */
  readonly devDependencies?: readonly string[];
}

/** Who may import whom. `layer` values are those of `layerOf`. */
export interface Arrow {
  readonly from: string;
  readonly to: readonly string[];
  /** Packages from the registry: either these only, or never these. */
  readonly onlyPackages?: readonly string[];
  readonly neverPackages?: readonly string[];
}

const frameworks = ['@nestjs/*', 'typeorm', 'fastify'];

export const arrows: readonly Arrow[] = [
  { from: 'base', to: ['base'], neverPackages: frameworks },
  { from: 'contract', to: ['contract', 'base'], onlyPackages: ['zod'] },
  { from: 'domain', to: ['domain', 'contract', 'base'], neverPackages: frameworks },
  { from: 'gateway', to: ['gateway', 'domain', 'contract', 'base', 'plain'], neverPackages: frameworks },
  { from: 'plain', to: ['plain', 'domain', 'contract', 'base', 'platform'], neverPackages: frameworks },
  { from: 'platform', to: ['platform', 'base', 'tool'] },
  { from: 'server', to: ['server', 'plain', 'domain', 'contract', 'base', 'platform'] },
  { from: 'schema', to: ['schema', 'server', 'plain', 'domain', 'contract', 'base', 'platform'] },
  { from: 'role', to: ['role', 'schema', 'gateway', 'server', 'plain', 'domain', 'contract', 'base', 'platform'] },
  {
    from: 'app',
    to: ['app', 'role', 'schema', 'gateway', 'server', 'plain', 'domain', 'contract', 'base', 'platform'],
  },
];

/** What specs may use without declaring it: the build never compiles them. */
const forSpecs = ['@tollgate/testing', '@tollgate/services'];

/**
 * The layer of a file: `server` when it lies in a domain's server folder, `plain` in a folder of a domain that is none of
 * the three (clients and counters, which run without a framework), null outside apps and libs.
 */
export function layerOf(path: string): string | null {
  const [top, name, third, fourth] = path.split('/');
  if (top === 'tools') return 'tool';
  if (top === 'apps') return 'app';
  if (top !== 'libs') return null;
  if (name === 'platform') return 'platform';
  if (name === 'roles') return 'role';
  if (name === 'base' || name === 'gateway' || name === 'schema') return name;
  if (third !== 'src') return null;
  return fourth === 'contract' || fourth === 'domain' || fourth === 'server' ? fourth : 'plain';
}

/** One line for each import that goes against an arrow. */
export function brokenArrows(files: readonly SourceFile[], packages: readonly WorkspacePackage[]): string[] {
  return files.flatMap((file) => {
    const home = packages
      .filter(({ dir }) => file.path.startsWith(`${dir}/`))
      .sort((a, b) => b.dir.length - a.dir.length)[0];
    if (!home) return [`${file.path}: belongs to no workspace package`];
    return importsOf(file.text).flatMap((specifier) => {
      const problem = judge(file.path, specifier, home, packages);
      return problem ? [`${file.path}: imports "${specifier}": ${problem}`] : [];
    });
  });
}

function judge(
  path: string,
  specifier: string,
  home: WorkspacePackage,
  packages: readonly WorkspacePackage[],
): string | null {
  if (specifier.startsWith('.')) {
    const target = join(dirname(path), specifier);
    return target.startsWith(`${home.dir}/`) ? layerProblem(path, target) : 'a relative path leaves the package';
  }
  const target = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (!target) return specifier.startsWith('@tollgate/') ? 'there is no such package' : packageProblem(path, specifier);
  const forThisSpec = isSpec(path) ? [...forSpecs, ...(home.devDependencies ?? [])] : [];
  const declared = home.dependencies.includes(target.name) || forThisSpec.includes(target.name);
  if (target !== home && !declared) return `${home.name} does not declare ${target.name} in its dependencies`;
  if (target.dir.startsWith('apps/') && target !== home) return 'nothing imports an app';
  const layerFolder = specifier.slice(target.name.length + 1) || 'index.ts';
  return layerProblem(path, `${target.dir}/src/${layerFolder}`);
}

function layerProblem(path: string, target: string): string | null {
  const arrow = arrowOf(path);
  const layer = layerOf(target);
  if (!arrow || layer === null || arrow.to.includes(layer)) return null;
  return `${arrow.from} may import ${arrow.to.join(', ')}, not ${layer}`;
}

function packageProblem(path: string, specifier: string): string | null {
  const arrow = arrowOf(path);
  if (!arrow || specifier.startsWith('node:')) return null;
  if (arrow.onlyPackages && !matches(arrow.onlyPackages, specifier))
    return `${arrow.from} may use only ${arrow.onlyPackages.join(', ')}`;
  return arrow.neverPackages && matches(arrow.neverPackages, specifier)
    ? `${arrow.from} never uses ${specifier}`
    : null;
}

/** Specs may bring in whatever they test with. */
function arrowOf(path: string): Arrow | undefined {
  return isSpec(path) ? undefined : arrows.find(({ from }) => from === layerOf(path));
}

function isSpec(path: string): boolean {
  return /\.spec\.tsx?$/.test(path) || path.includes('/test/');
}

function matches(patterns: readonly string[], specifier: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('/*')
      ? specifier.startsWith(pattern.slice(0, -1))
      : specifier === pattern || specifier.startsWith(`${pattern}/`),
  );
}

/** Everything that a module imports, exports from, or loads by `import()`. */
export function importsOf(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const statements =
    /(?:^|[;}\s])(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|[;}\s])import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;
  return [...code.matchAll(statements)].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
}
