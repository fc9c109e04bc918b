import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export type JsonObject = { readonly [name: string]: unknown };

/** What this validator needs of a Swagger 2.0 or OpenAPI 3.0 document. */
export interface ContractDocument {
  readonly name: string;
  readonly root: JsonObject;
  /** Path before every path of the document, without a slash at the end. */
  readonly basePath: string;
  /** Named schemas. */
  readonly schemas: JsonObject;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A child that is a table; empty when it is absent. */
export function tableOf(node: JsonObject, ...names: readonly string[]): JsonObject {
  return names.reduce<JsonObject>((at, name) => (isObject(at[name]) ? at[name] : {}), node);
}

/**
 * Code samples, multi-line texts in single quotes whose further lines stand no deeper than their key: YAML forbids that,
 * the tools that wrote such contracts allow it. The samples say nothing about answers, so they are emptied.
 */
const codeSamples = /^( *(?:- )?source: )'(?:[^']|'')*'/gm;

/** Reads a contract by YAML's core schema, which has no timestamps: dates stay texts. */
export function readContract(file: string): ContractDocument {
  const root: unknown = parse(readFileSync(file, 'utf8').replaceAll(codeSamples, "$1''"), {
    schema: 'core',
    maxAliasCount: -1,
  });
  if (!isObject(root) || !isObject(root['paths'])) throw new Error(`${file} is no OpenAPI document: it has no paths.`);
  const version3 = typeof root['openapi'] === 'string';
  const schemas = version3 ? tableOf(root, 'components', 'schemas') : tableOf(root, 'definitions');
  return {
    name: file,
    root,
    basePath: version3 ? serverPath(root) : textOf(root['basePath']).replace(/\/$/, ''),
    schemas,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function serverPath(root: JsonObject): string {
  const [server] = Array.isArray(root['servers']) ? (root['servers'] as unknown[]) : [];
  const url = isObject(server) ? textOf(server['url']) : '';
  return new URL(url, 'https://localhost').pathname.replace(/\/$/, '');
}

/** Follows `$ref`s inside the document. @throws Error naming a reference that leads nowhere */
export function resolveNode(document: ContractDocument, node: unknown, depth = 0): JsonObject {
  if (!isObject(node)) throw new Error('the contract has no object here');
  const ref = node['$ref'];
  if (typeof ref !== 'string') return node;
  if (!ref.startsWith('#/') || depth > 20) throw new Error(`the contract's reference ${ref} cannot be resolved`);
  const parts = ref
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  const target = parts.reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), document.root);
  if (target === undefined) throw new Error(`the contract's reference ${ref} leads nowhere`);
  return resolveNode(document, target, depth + 1);
}
