import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PortalName } from '@tollgate/oauth/server';

/** What the build writes in place of the nonce of an answer. */
const noncePlaceholder = '{{csp-nonce}}';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export interface PortalFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzip: Buffer | null;
  readonly brotli: Buffer | null;
}

/** The built pages of a portal, in memory: some megabytes, read once. */
export class PortalFiles {
  readonly #files: ReadonlyMap<string, PortalFile>;
  readonly #page: string | null;

  private constructor(folder: string | null) {
    this.#files = folder === null ? new Map() : readAssets(join(folder, 'assets'));
    this.#page = folder === null ? null : readFileSync(join(folder, 'index.html'), 'utf8');
  }

  /** Of the package `@tollgate/{name}-portal`; without its build there are no pages. */
  static of(name: PortalName): PortalFiles {
    const folder = builtFolder(name);
    return new PortalFiles(folder !== null && existsSync(join(folder, 'index.html')) ? folder : null);
  }

  /** A file below `assets/`, whose name changes with its content. */
  asset(name: string): PortalFile | null {
    return this.#files.get(name) ?? null;
  }

  /** The one page that all addresses of the portal show; `null`: not built. */
  page(nonce: string): string | null {
    return this.#page?.replaceAll(noncePlaceholder, nonce) ?? null;
  }
}

/** `null` when the package is not installed. */
function builtFolder(name: PortalName): string | null {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(`@tollgate/${name}-portal/package.json`))), 'dist');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function readAssets(folder: string): Map<string, PortalFile> {
  const files = new Map<string, PortalFile>();
  if (!existsSync(folder)) return files;
  const names = readdirSync(folder);
  const read = (name: string): Buffer | null => (names.includes(name) ? readFileSync(join(folder, name)) : null);
  for (const name of names) {
    const type = types[extname(name)];
    const plain = type === undefined ? null : read(name);
    if (type === undefined || plain === null) continue;
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
    files.set(name, { type, etag, plain, gzip: read(`${name}.gz`), brotli: read(`${name}.br`) });
  }
  return files;
}
