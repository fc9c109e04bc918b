import { useQuery } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { Policy, Settings } from '../types';

const fiveMinutes = 300_000;

export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: () => rest.get<Settings>('/settings'),
    staleTime: fiveMinutes,
  });
}

/** @param level `subscription`: business plans; `api`: advanced policies */
export function usePolicies(level: 'subscription' | 'api') {
  return useQuery({
    queryKey: ['policies', level],
    queryFn: () => rest.get<ListBody<Policy>>(`/throttling-policies/${level}`, { limit: 1000 }),
    staleTime: fiveMinutes,
  });
}
