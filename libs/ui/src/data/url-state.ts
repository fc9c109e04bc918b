import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/**
 * Filters, sorting, page and tabs of a page, kept in its address so that a link shows the same and Back works.
 * @param defaults every name with the value that stays out of the address
 */
export function useUrlState<T extends Record<string, string>>(
  defaults: T,
): [T, (changes: Partial<T>, how?: { readonly replace?: boolean }) => void] {
  const [parameters, setParameters] = useSearchParams();
  const state = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, parameters.get(name) ?? value]),
  ) as T;
  const change = useCallback(
    (changes: Partial<T>, { replace = false } = {}) =>
      setParameters(
        (present) => {
          const next = new URLSearchParams(present);
          for (const [name, value] of Object.entries(changes) as [string, string][]) {
            if (value === defaults[name]) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace },
      ),
    [setParameters, defaults],
  );
  return [state, change];
}
