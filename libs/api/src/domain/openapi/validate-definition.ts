import { Validator } from '@seriousme/openapi-schema-validator';
import { InvalidDefinitionError, type DefinitionProblem } from './definition-problem.js';
import { readDocument, type ReadDocument } from './read-document.js';

export const openApiVersions = ['2.0', '3.0', '3.1'] as const;
export type OpenApiVersion = (typeof openApiVersions)[number];

export interface OpenApiDefinition {
  readonly version: OpenApiVersion;
  /** As the text says it, for example `3.0.3`. */
  readonly versionText: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** Line and column of the value at a JSON pointer. */
  readonly locate: ReadDocument['locate'];
}

const maxProblems = 20;
/** Compiles each version's schema once per process. */
const validator = new Validator({ allErrors: false });

/**
 * Reads a definition in JSON or YAML and checks it against the schema of its OpenAPI version. References that lead out
 * of the document are refused, never fetched.
 * @throws InvalidDefinitionError with line, column and reason
 */
export async function readDefinition(text: string): Promise<OpenApiDefinition> {
  const read = readDocument(text);
  const { version, versionText } = versionOf(read);
  // Given as an object: a text without line feeds would be taken for a file name.
  const result = await validator.validate(structuredClone(read.value) as Record<string, unknown>);
  if (!result.valid) throw new InvalidDefinitionError(problemsOf(result.errors, read));
  return { version, versionText, document: read.value, locate: read.locate };
}

function versionOf(read: ReadDocument): Pick<OpenApiDefinition, 'version' | 'versionText'> {
  const versionText = read.value['openapi'] ?? read.value['swagger'];
  const version = openApiVersions.find(
    (known) => typeof versionText === 'string' && (versionText === known || versionText.startsWith(`${known}.`)),
  );
  if (
    version === '2.0'
      ? read.value['swagger'] !== undefined
      : version !== undefined && read.value['openapi'] !== undefined
  )
    return { version: version as OpenApiVersion, versionText: versionText as string };
  const pointer = read.value['openapi'] !== undefined ? '/openapi' : '/swagger';
  const reason =
    versionText === undefined
      ? 'Neither "openapi" nor "swagger" says which version this is'
      : `Version ${JSON.stringify(versionText).slice(0, 40)} is not known; use "swagger": "2.0", "openapi": "3.0.x" or "3.1.x" (as text)`;
  throw new InvalidDefinitionError([
    { ...read.locate(pointer), pointer: versionText === undefined ? '' : pointer, reason },
  ]);
}

type SchemaErrors = Awaited<ReturnType<Validator['validate']>>['errors'];

function problemsOf(errors: SchemaErrors, read: ReadDocument): DefinitionProblem[] {
  if (typeof errors === 'string') return [unresolved(errors, read)];
  if (!errors || errors.length === 0)
    return [{ line: 1, column: 1, pointer: '', reason: 'The definition is not valid' }];
  // "must match one of" lists every way that was tried: the deepest place is where the text went wrong.
  const sorted = errors.toSorted((a, b) => depth(b.instancePath) - depth(a.instancePath));
  const seen = new Set<string>();
  const problems: DefinitionProblem[] = [];
  for (const error of sorted) {
    const extra = (error.params as { unevaluatedProperty?: string; additionalProperty?: string } | undefined) ?? {};
    const name = extra.additionalProperty ?? extra.unevaluatedProperty;
    const reason = `${error.instancePath || 'the document'} ${error.message ?? 'is not valid'}${name ? ` ("${name}")` : ''}`;
    if (seen.has(reason) || problems.length >= maxProblems) continue;
    seen.add(reason);
    problems.push({ ...read.locate(error.instancePath), pointer: error.instancePath, reason });
  }
  return problems;
}

function depth(pointer: string): number {
  return pointer.split('/').length;
}

/** The reference that could not be followed is named in the message only; its place is looked up in the document. */
function unresolved(message: string, read: ReadDocument): DefinitionProblem {
  const target = /Can't resolve (\S+?)(?:,|$)/.exec(message)?.[1];
  const pointer = target === undefined ? '' : (findReference(read.value, target, '') ?? '');
  return { ...read.locate(pointer), pointer, reason: message };
}

function findReference(value: unknown, target: string, pointer: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, child] of Object.entries(value)) {
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (name === '$ref' && child === target) return at;
    const found = findReference(child, target, at);
    if (found) return found;
  }
  return null;
}
