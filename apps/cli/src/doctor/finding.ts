/** One line of the doctor's report. */
export interface Finding {
  /** What was looked at. */
  readonly what: string;
  /** What is wrong and what to do; undefined: it is fine. */
  readonly problem?: string | undefined;
}

export function lineOf({ what, problem }: Finding): string {
  return problem === undefined ? `ok       ${what}` : `problem  ${what}: ${problem}`;
}
