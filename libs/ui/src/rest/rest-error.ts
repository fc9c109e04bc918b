/** A field that the server refused, by its path in the body. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** An answer other than success: what happened and what to do, in the server's words. */
export class RestError extends Error {
  override readonly name = 'RestError';

  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    /** Stable code of the contract, for example 900902; empty when there is none. */
    readonly code: string,
    description: string,
    readonly fields: readonly FieldProblem[],
    /** Value of X-Request-Id, for the operator. */
    readonly correlationId: string,
    /** Seconds to wait before another try, when the server says so. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(description);
  }

  /** Somebody else changed the object meanwhile (RFC 9110 section 13.1.1). */
  get isStale(): boolean {
    return this.status === 412;
  }
}

interface ErrorBody {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly description?: unknown;
  readonly detail?: unknown;
  readonly error?: unknown;
}

/** Reads the `Error` body of the contracts and the one of SCIM (RFC 7644 section 3.12). */
export async function errorOf(response: Response): Promise<RestError> {
  const body = (await response.json().catch(() => null)) as ErrorBody | null;
  const text = [body?.description, body?.detail, body?.message].find((each) => typeof each === 'string' && each !== '');
  const wait = Number(response.headers.get('retry-after'));
  return new RestError(
    response.status,
    typeof body?.code === 'string' || typeof body?.code === 'number' ? String(body.code) : '',
    typeof text === 'string' ? text : `${response.status} ${response.statusText}`.trim(),
    Array.isArray(body?.error) ? body.error.flatMap(fieldProblem) : [],
    response.headers.get('x-request-id') ?? '',
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}

function fieldProblem(entry: unknown): FieldProblem[] {
  const { code, message } = (entry ?? {}) as { code?: unknown; message?: unknown };
  return typeof code === 'string' && typeof message === 'string' ? [{ field: code, message }] : [];
}
