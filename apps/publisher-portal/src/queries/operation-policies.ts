import { useQuery } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { OperationPolicy } from '../types';

/** Policies that can be attached to the flows of an API. */
export function useOperationPolicies(apiId: string) {
  return useQuery({
    queryKey: ['operation-policies', apiId],
    queryFn: () => rest.get<ListBody<OperationPolicy>>(`/apis/${apiId}/operation-policies`, { limit: 1000 }),
    staleTime: 300_000,
  });
}
