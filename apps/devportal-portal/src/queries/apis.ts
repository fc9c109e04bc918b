import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ListBody, Query } from '@tollgate/ui';
import { rest } from '../rest';
import type { Api, ApiFound, Policy } from '../types';

export function useCatalogue(query: Query) {
  return useQuery({
    queryKey: ['apis', 'search', query],
    queryFn: () => rest.get<ListBody<ApiFound>>('/search', query),
    placeholderData: keepPreviousData,
  });
}

export function useTags() {
  return useQuery({
    queryKey: ['tags'],
    queryFn: () => rest.get<ListBody<{ value: string; count: number }>>('/tags', { limit: 100 }),
  });
}

export function useApi(id: string) {
  return useQuery({ queryKey: ['apis', id], queryFn: () => rest.get<Api>(`/apis/${id}`) });
}

/** The plans that an API offers to the reader. */
export function usePlans(apiId: string | undefined) {
  return useQuery({
    queryKey: ['apis', apiId, 'plans'],
    queryFn: () => rest.get<readonly Policy[]>(`/apis/${apiId}/subscription-policies`),
    enabled: apiId !== undefined,
  });
}

/** The OpenAPI definition with the addresses of the gateways as its servers. */
export function useDefinition(apiId: string) {
  return useQuery({
    queryKey: ['apis', apiId, 'swagger'],
    queryFn: () => rest.get<Readonly<Record<string, unknown>>>(`/apis/${apiId}/swagger`),
  });
}
