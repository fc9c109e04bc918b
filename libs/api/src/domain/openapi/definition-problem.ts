import { ApimError } from '@tollgate/base';

/** One reason why a definition was refused, with its place in the text as sent. */
export interface DefinitionProblem {
  /** 1-based; 1 when the place is the document as a whole. */
  readonly line: number;
  readonly column: number;
  /** JSON pointer of the value, '' for the whole document or its syntax. */
  readonly pointer: string;
  readonly reason: string;
}

/** 400: the text is no OpenAPI or AsyncAPI definition that can be used. Nothing was stored. */
export class InvalidDefinitionError extends ApimError {
  constructor(
    readonly problems: readonly DefinitionProblem[],
    kind: 'OpenAPI' | 'AsyncAPI' = 'OpenAPI',
  ) {
    const first = problems[0];
    super({
      code: `INVALID_${kind.toUpperCase()}_DEFINITION`,
      status: 400,
      wireCode: 900754,
      message: `The ${kind} definition cannot be used: line ${first?.line ?? 1}, column ${first?.column ?? 1}: ${first?.reason ?? 'unknown reason'}.`,
      action: 'Correct the listed places and send it again; nothing was stored.',
      fields: problems.map((problem) => ({
        field: problem.pointer || `line ${problem.line}`,
        message: `Line ${problem.line}, column ${problem.column}: ${problem.reason}.`,
      })),
    });
  }
}
