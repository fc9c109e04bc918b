import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody, ListState } from '@tollgate/ui';
import { rest } from '../rest';
import type { Subscription } from '../types';

export function useSubscriptions(apiId: string, state: ListState) {
  return useQuery({
    queryKey: ['subscriptions', apiId, state.asQuery],
    queryFn: () => rest.get<ListBody<Subscription>>('/subscriptions', { ...state.asQuery, apiId }),
    placeholderData: keepPreviousData,
  });
}

export function useBlocking() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['subscriptions'] });
  return {
    block: useMutation({
      mutationFn: ({ id, state }: { id: string; state: 'BLOCKED' | 'PROD_ONLY_BLOCKED' }) =>
        rest.send('POST', '/subscriptions/block-subscription', { query: { subscriptionId: id, blockState: state } }),
      onSuccess,
    }),
    unblock: useMutation({
      mutationFn: (id: string) =>
        rest.send('POST', '/subscriptions/unblock-subscription', { query: { subscriptionId: id } }),
      onSuccess,
    }),
  };
}
