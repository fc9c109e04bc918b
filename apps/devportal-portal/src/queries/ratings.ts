import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { rest } from '../rest';
import type { Ratings } from '../types';

/** The average, how many there are, and the reader's own. */
export function useRatings(apiId: string) {
  return useQuery({
    queryKey: ['apis', apiId, 'ratings'],
    queryFn: () => rest.get<Ratings>(`/apis/${apiId}/ratings`, { limit: 1 }),
  });
}

export function useRating(apiId: string) {
  const client = useQueryClient();
  const path = `/apis/${apiId}/user-rating`;
  // Everything about APIs: the average is in the catalogue too.
  const onSuccess = (): Promise<void> => client.invalidateQueries({ queryKey: ['apis'] });
  return {
    rate: useMutation({ mutationFn: (rating: number) => rest.send('PUT', path, { json: { rating } }), onSuccess }),
    takeBack: useMutation({ mutationFn: () => rest.send('DELETE', path), onSuccess }),
  };
}
