/** An answer that the sample did not expect, with everything needed to see why. */
export class UnexpectedAnswerError extends Error {
  constructor(method: string, path: string, status: number, body: string) {
    super(`${method} ${path} answered ${status}: ${body.slice(0, 500)}`);
    this.name = 'UnexpectedAnswerError';
  }
}

/** Speaks the management REST surfaces of this process as a script outside would. */
export class ManagementClient {
  constructor(
    private readonly base: string,
    private readonly authorization: string,
  ) {}

  /** @returns the JSON body. @throws UnexpectedAnswerError unless the status is one of `expected` */
  async call<T>(
    method: string,
    path: string,
    options: { json?: unknown; form?: Record<string, string>; expected?: readonly number[] } = {},
  ): Promise<T> {
    const headers: Record<string, string> = { authorization: this.authorization };
    if (options.json !== undefined) headers['content-type'] = 'application/json';
    const body = options.form
      ? new URLSearchParams(options.form)
      : options.json === undefined
        ? undefined
        : JSON.stringify(options.json);
    const answer = await fetch(this.base + path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await answer.text();
    if (!(options.expected ?? [200, 201]).includes(answer.status))
      throw new UnexpectedAnswerError(method, path, answer.status, text);
    return (text === '' ? null : JSON.parse(text)) as T;
  }
}
