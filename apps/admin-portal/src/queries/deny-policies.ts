import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { DenyPolicy } from '../types';

const key = ['deny-policies'];

export function useDenyPolicies() {
  return useQuery({
    queryKey: key,
    queryFn: () => rest.get<ListBody<DenyPolicy>>('/throttling/deny-policies'),
  });
}

export function useDenyChanges() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: key });
  return {
    deny: useMutation({
      meta: { shownInForm: true },
      mutationFn: (json: Omit<DenyPolicy, 'conditionId'>) =>
        rest.send<DenyPolicy>('POST', '/throttling/deny-policies', { json }),
      onSuccess,
    }),
    toggle: useMutation({
      mutationFn: ({ id, on }: { id: string; on: boolean }) =>
        rest.send('PATCH', `/throttling/deny-policy/${id}`, { json: { conditionStatus: on } }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => rest.send('DELETE', `/throttling/deny-policy/${id}`),
      onSuccess,
    }),
  };
}
