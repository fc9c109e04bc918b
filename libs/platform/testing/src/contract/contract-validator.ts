import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { isObject, readContract, resolveNode, tableOf, type ContractDocument, type JsonObject } from './document.js';
import { mapValues, schemaBase, toJsonSchema } from './json-schema.js';
import { Operations } from './operations.js';

export interface Answer {
  readonly method: string;
  /** As requested, with or without the base path and the query. */
  readonly path: string;
  readonly status: number;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
  /** Statuses that are right although the contract does not list them for this operation. */
  readonly allowStatus?: readonly number[];
}

export interface ContractValidator {
  /** @returns one line for each way in which the answer differs from the contract; empty when it does not */
  check(answer: Answer): string[];
}

/**
 * Judges answers by an OpenAPI contract in the folder that `CONTRACTS_DIR` names.
 * @param file such as `publisher-api-v4.yaml`
 * @returns null without CONTRACTS_DIR: the spec then says that it was left out (`it.skipIf`)
 */
export function contractValidator(file: string, folder = process.env['CONTRACTS_DIR']): ContractValidator | null {
  return folder ? new DocumentValidator(readContract(join(folder, file))) : null;
}

/** For a contract that is at hand. */
export function validatorOf(document: ContractDocument): ContractValidator {
  return new DocumentValidator(document);
}

class DocumentValidator implements ContractValidator {
  private readonly ajv: Ajv;
  private readonly operations: Operations;
  private readonly compiled = new Map<string, ValidateFunction | null>();

  constructor(private readonly document: ContractDocument) {
    this.operations = new Operations(document);
    this.ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    addFormats.default(this.ajv);
    this.ajv.addSchema({ $id: schemaBase, definitions: mapValues(document.schemas, toJsonSchema) });
  }

  check(answer: Answer): string[] {
    const found = this.operations.find(answer.method, answer.path);
    if (!found) return [`${answer.method} ${answer.path}: the contract has no such operation`];
    const where = `${answer.method} ${found.template} ${answer.status}`;
    try {
      const response = responseOf(found.operation, answer.status);
      if (response === undefined)
        return answer.allowStatus?.includes(answer.status) ? [] : [`${where}: the contract does not list this status`];
      const validate = this.validatorFor(where, resolveNode(this.document, response));
      if (!validate) return [];
      if (answer.body === undefined) return [`${where}: the contract has a body, the answer has none`];
      if (validate(answer.body)) return [];
      return (validate.errors ?? []).map(
        (error) => `${where}: body${error.instancePath} ${error.message ?? error.keyword}${detail(error.params)}`,
      );
    } catch (error) {
      return [`${where}: ${(error as Error).message}`]; // a contract that cannot be read never passes
    }
  }

  private validatorFor(where: string, response: JsonObject): ValidateFunction | null {
    const known = this.compiled.get(where);
    if (known !== undefined) return known;
    const schema = schemaOf(response);
    const validate = schema === undefined ? null : this.ajv.compile(toJsonSchema(schema) as JsonObject);
    this.compiled.set(where, validate);
    return validate;
  }
}

function responseOf(operation: JsonObject, status: number): unknown {
  const responses = tableOf(operation, 'responses');
  return responses[String(status)] ?? responses[`${String(status)[0]}XX`] ?? responses['default'];
}

/** Schema of the JSON body; undefined when the contract gives none. */
function schemaOf(response: JsonObject): unknown {
  if (response['schema'] !== undefined) return response['schema']; // Swagger 2.0
  const media = Object.entries(tableOf(response, 'content')).find(([type]) =>
    /^(application\/(.*\+)?json|\*\/\*)/.test(type),
  );
  return media && isObject(media[1]) ? media[1]['schema'] : undefined;
}

function detail(params: Record<string, unknown>): string {
  const shown = Object.entries(params).filter(([name]) =>
    ['allowedValues', 'format', 'additionalProperty'].includes(name),
  );
  return shown.length === 0 ? '' : ` (${JSON.stringify(Object.fromEntries(shown))})`;
}
