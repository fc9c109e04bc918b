import { ApimError } from '@tollgate/base';

/** Part of a rule's text, as offsets: `start` of its first character, `end` behind its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Something wrong in a rule, with its place: lines and columns count from 1. */
export interface RuleProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Collects what is wrong, so that one report names all of it. */
export class ProblemList {
  readonly errors: RuleProblem[] = [];
  readonly warnings: RuleProblem[] = [];

  constructor(private readonly text: string) {}

  error(at: Span, message: string): void {
    if (this.errors.length < maxProblems) this.errors.push(this.place(at, message));
  }

  warn(at: Span, message: string): void {
    if (this.warnings.length < maxProblems) this.warnings.push(this.place(at, message));
  }

  private place({ start }: Span, message: string): RuleProblem {
    const before = this.text.slice(0, start);
    const line = before.split('\n').length;
    return { line, column: start - before.lastIndexOf('\n'), message };
  }
}

const maxProblems = 50;

/** 400: a custom rule cannot be run; every field names line and column of one problem. */
export class RuleError extends ApimError {
  constructor(readonly problems: readonly RuleProblem[]) {
    super({
      code: 'INVALID_RULE',
      status: 400,
      message: `The custom rule cannot be run: line ${problems[0]?.line}, column ${problems[0]?.column}: ${problems[0]?.message}`,
      action: 'Correct the listed places and save it again.',
      fields: problems.map(({ line, column, message }) => ({
        field: 'siddhiQuery',
        message: `line ${line}, column ${column}: ${message}`,
      })),
      wireCode: 900300,
    });
  }
}

/** `; did you mean 'x'?` with the nearest of the names within two edits, or nothing. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const near = nearest(name, names);
  return near === null ? '' : `; did you mean '${near}'?`;
}

/** The name that `didYouMean` proposed in a message, `null` when it had none. */
export function suggestionIn(message: string): string | null {
  return /; did you mean '([^']+)'\?$/.exec(message)?.[1] ?? null;
}

/** The name within two edits that is the closest, `null` when there is none. */
export function nearest(name: string, names: Iterable<string>): string | null {
  let best: string | null = null;
  let least = 3;
  for (const each of names) {
    if (Math.abs(each.length - name.length) > 2) continue;
    const distance = edits(name.toLowerCase(), each.toLowerCase());
    if (distance < least) [best, least] = [each, distance];
  }
  return best;
}

function edits(a: string, b: string): number {
  if (a.length > 100 || b.length > 100) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, substituted));
    }
    row = next;
  }
  return row[b.length] as number;
}
