import { MutationCache, QueryClient } from '@tanstack/react-query';
import { RestError } from './rest-error';

/**
 * Lists stay fresh for 30 s. What the server refused is not asked again; what got no answer or a 5xx is asked twice more.
 * @param onFailedChange told about every change that failed and that no form shows
 */
export function makeQueryClient(onFailedChange: (error: unknown) => void): QueryClient {
  return new QueryClient({
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.meta?.['shownInForm'] !== true) onFailedChange(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (tries, error) =>
          tries < 2 && !(error instanceof RestError && error.status >= 400 && error.status < 500),
      },
    },
  });
}
