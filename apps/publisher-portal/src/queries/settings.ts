import { useQuery } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { EventPlan, Policy, Settings } from '../types';

const fiveMinutes = 300_000;

export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: () => rest.get<Settings>('/settings'),
    staleTime: fiveMinutes,
  });
}

/** Names of the business plans that an API of a type may offer: streams count events, other APIs requests or bytes. */
export function usePlanNames(apiType: string): readonly string[] {
  const isStream = apiType === 'WS' || apiType === 'SSE';
  const ofRequests = usePolicies('subscription', !isStream);
  const ofEvents = useQuery({
    queryKey: ['policies', 'events'],
    queryFn: () => rest.get<ListBody<EventPlan>>('/throttling-policies/streaming/subscription', { limit: 1000 }),
    staleTime: fiveMinutes,
    enabled: isStream,
  });
  if (isStream) return (ofEvents.data?.list ?? []).map(({ policyName }) => policyName);
  return (ofRequests.data?.list ?? []).map(({ name }) => name);
}

/** @param level `subscription`: business plans; `api`: advanced policies */
export function usePolicies(level: 'subscription' | 'api', enabled = true) {
  return useQuery({
    queryKey: ['policies', level],
    queryFn: () => rest.get<ListBody<Policy>>(`/throttling-policies/${level}`, { limit: 1000 }),
    staleTime: fiveMinutes,
    enabled,
  });
}
