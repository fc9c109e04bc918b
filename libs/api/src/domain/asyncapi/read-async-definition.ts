import { z } from 'zod';
import { InvalidDefinitionError, type DefinitionProblem } from '../openapi/definition-problem.js';
import { readDocument, type ReadDocument } from '../openapi/read-document.js';

export interface AsyncApiDefinition {
  /** As the text says it, for example `2.6.0`. */
  readonly versionText: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** Line and column of the value at a JSON pointer. */
  readonly locate: ReadDocument['locate'];
}

const text = z.string();
const topicOperation = z.looseObject({ summary: text.optional(), description: text.optional() });

/** What is used of an AsyncAPI 2.x document, with the requirements of its specification on those parts. */
const documentSchema = z.looseObject({
  asyncapi: text.regex(/^2\.[0-6]\.\d+$/, 'Must be one of the versions 2.0.0 to 2.6.0'),
  info: z.looseObject({ title: text.min(1), version: text.min(1), description: text.optional() }),
  servers: z.record(z.string(), z.looseObject({ url: text.optional(), protocol: text.optional() })).optional(),
  channels: z.record(
    z.string(),
    z.looseObject({
      description: text.optional(),
      subscribe: topicOperation.optional(),
      publish: topicOperation.optional(),
      parameters: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  components: z.looseObject({}).optional(),
});

const maxProblems = 20;

/**
 * Reads an AsyncAPI 2.x definition in JSON or YAML and checks the parts that are used. References are never followed.
 * @throws InvalidDefinitionError with line, column and reason
 */
export function readAsyncDefinition(source: string): AsyncApiDefinition {
  const { value, locate } = readDocument(source);
  const parsed = documentSchema.safeParse(value);
  if (parsed.success) return { versionText: parsed.data.asyncapi, document: value, locate };
  const problems = parsed.error.issues.slice(0, maxProblems).map((issue): DefinitionProblem => {
    const pointer = issue.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    return { ...locate(pointer), pointer, reason: `${pointer || 'the document'}: ${issue.message}` };
  });
  throw new InvalidDefinitionError(problems, 'AsyncAPI');
}
