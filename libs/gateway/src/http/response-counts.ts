/** Who made an answer: the gateway itself, as a refusal or a preflight, or the back end. */
export type ResponseSource = 'gateway' | 'back-end';

export interface ResponseCount {
  readonly source: ResponseSource;
  readonly status: number;
  /** Since the start of the process. */
  readonly count: number;
}

const mostStatuses = 1_000;

/** How many answers went out, by status. One addition per answer, and no more memory than there are statuses. */
export class ResponseCounts {
  readonly #bySource: Readonly<Record<ResponseSource, Float64Array>> = {
    gateway: new Float64Array(mostStatuses),
    'back-end': new Float64Array(mostStatuses),
  };

  add(source: ResponseSource, status: number): void {
    const counts = this.#bySource[source];
    counts[status] = (counts[status] ?? 0) + 1;
  }

  /** The statuses that went out at least once. */
  list(): ResponseCount[] {
    return (['gateway', 'back-end'] as const).flatMap((source) =>
      [...this.#bySource[source]].flatMap((count, status) => (count > 0 ? [{ source, status, count }] : [])),
    );
  }
}
