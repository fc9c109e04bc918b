import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { rest } from '../rest';
import type { LifecycleEvent, LifecycleState } from '../types';

export function useLifecycle(apiId: string) {
  return useQuery({
    queryKey: ['apis', apiId, 'lifecycle'],
    queryFn: () => rest.get<LifecycleState>(`/apis/${apiId}/lifecycle-state`),
  });
}

export function useLifecycleHistory(apiId: string) {
  return useQuery({
    queryKey: ['apis', apiId, 'lifecycle', 'history'],
    queryFn: () => rest.get<{ list: LifecycleEvent[] }>(`/apis/${apiId}/lifecycle-history`),
  });
}

export function useChangeLifecycle(apiId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, checklist }: { action: string; checklist?: string }) =>
      rest.send('POST', '/apis/change-lifecycle', { query: { apiId, action, lifecycleChecklist: checklist } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['apis'] }),
  });
}
