/** One violated rule of a request body or parameter. `field` is a JSON path such as `operations[0].verb`. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

export interface ApimErrorShape {
  /** Stable across packages and processes: what callers match. */
  readonly code: string;
  /** HTTP status of the answer when the error reaches a REST surface. */
  readonly status: number;
  /** Safe to show to the caller. */
  readonly message: string;
  /** What the caller can do about it. */
  readonly action?: string;
  /** The code that WSO2's contract puts into the body, where it names one (for example 900300). */
  readonly wireCode?: number;
  readonly fields?: readonly FieldProblem[];
  /** The reason for operators; never shown to the caller. */
  readonly cause?: unknown;
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** Base of every expected error. One translator per surface turns it into that surface's wire shape. */
export class ApimError extends Error {
  readonly code: string;
  readonly status: number;
  readonly action: string;
  readonly wireCode: number | undefined;
  readonly fields: readonly FieldProblem[];
  readonly retryAfterSeconds: number | undefined;

  constructor(shape: ApimErrorShape) {
    super(shape.message, shape.cause === undefined ? undefined : { cause: shape.cause });
    this.name = new.target.name;
    this.code = shape.code;
    this.status = shape.status;
    this.action = shape.action ?? '';
    this.wireCode = shape.wireCode;
    this.fields = shape.fields ?? [];
    this.retryAfterSeconds = shape.retryAfterSeconds;
  }
}

/** 400: the body or a parameter breaks its schema; lists every field at once. */
export class InvalidInputError extends ApimError {
  constructor(fields: readonly FieldProblem[], message = 'The request does not match the contract.') {
    super({
      code: 'INVALID_INPUT',
      status: 400,
      message,
      action: 'Correct the listed fields and send it again.',
      fields,
      wireCode: 900300,
    });
  }
}

/** 404: the thing does not exist, or belongs to somebody else. */
export class NotFoundError extends ApimError {
  constructor(kind: string, id: string) {
    super({
      code: 'NOT_FOUND',
      status: 404,
      message: `${kind} "${id}" was not found.`,
      action: `List the ${kind.toLowerCase()}s you may see and use one of their ids.`,
    });
  }
}

/** 409: another thing already has this name or is in the way. */
export class ConflictError extends ApimError {
  constructor(code: string, message: string, action: string, wireCode?: number) {
    super({ code, status: 409, message, action, ...(wireCode === undefined ? {} : { wireCode }) });
  }
}

/** 401: no credential, a bad one, or one without the needed scope (the contract answers 401 for all of them). */
export class UnauthenticatedError extends ApimError {
  constructor(
    message = 'Valid credentials are needed.',
    action = 'Send a bearer token that has one of the scopes of this operation.',
  ) {
    super({ code: 'UNAUTHENTICATED', status: 401, message, action, wireCode: 900401 });
  }
}

/** 403: the caller is known and may not do this. */
export class ForbiddenError extends ApimError {
  constructor(code: string, message: string, action: string, wireCode?: number) {
    super({ code, status: 403, message, action, ...(wireCode === undefined ? {} : { wireCode }) });
  }
}

/** 412: the thing changed since the caller read it. */
export class StaleVersionError extends ApimError {
  constructor(kind: string, id: string) {
    super({
      code: 'STALE_VERSION',
      status: 412,
      message: `${kind} "${id}" was changed by somebody else.`,
      action: 'Read it again, repeat your change on the new state, and send it again.',
    });
  }
}

/** 503: a part that this request needs is away. */
export class UnavailableError extends ApimError {
  /** @param state follows `what` in the sentence that is told */
  constructor(what: string, cause?: unknown, state = 'cannot be reached at the moment') {
    super({
      code: 'UNAVAILABLE',
      status: 503,
      message: `${what} ${state}.`,
      action: 'Try again after the time in Retry-After.',
      retryAfterSeconds: 5,
      cause,
    });
  }
}

/** The process cannot start: printed as one clear line with the cure, exit code 1, no stack. */
export class StartupError extends Error {
  /** @param problems one line each: what is wrong and what to do */
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'StartupError';
  }
}
