import type { Exchange } from './exchange.js';
import type { Verdict } from './verdict.js';

/** Returns a refusal to stop the request, `null` to let it go on. Synchronous unless it has to wait. */
export type Filter = (x: Exchange) => Verdict | Promise<Verdict>;

/** One filter that runs all of them in order and stops at the first that does not return `null`. No promise unless one waits. */
export function compilePipeline(filters: readonly (Filter | null)[]): Filter {
  const steps = filters.filter((filter) => filter !== null);
  function runFrom(start: number, x: Exchange): Verdict | Promise<Verdict> {
    for (let i = start; i < steps.length; i++) {
      const verdict = (steps[i] as Filter)(x);
      if (verdict instanceof Promise) return verdict.then((v) => v ?? runFrom(i + 1, x));
      if (verdict !== null) return verdict;
    }
    return null;
  }
  return (x) => runFrom(0, x);
}
