import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { rest } from '../rest';
import type { Subscription } from '../types';

/** @param of the API or the application whose subscriptions of the reader are asked for */
export function useSubscriptions(of: { readonly apiId: string } | { readonly applicationId: string }, enabled = true) {
  return useQuery({
    queryKey: ['subscriptions', of],
    queryFn: () => rest.list<Subscription>('/subscriptions', of),
    enabled,
  });
}

export function useSubscribing() {
  const client = useQueryClient();
  const onSuccess = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['subscriptions'] });
    await client.invalidateQueries({ queryKey: ['applications'] });
  };
  return {
    subscribe: useMutation({
      meta: { shownInForm: true },
      mutationFn: (input: { apiId: string; applicationId: string; throttlingPolicy: string }) =>
        rest.send<Subscription>('POST', '/subscriptions', { json: input }),
      onSuccess,
    }),
    changePlan: useMutation({
      mutationFn: ({ subscription, plan }: { subscription: Subscription; plan: string }) => {
        const { subscriptionId, applicationId, apiId, throttlingPolicy } = subscription;
        const json = { applicationId, apiId, throttlingPolicy, requestedThrottlingPolicy: plan };
        return rest.send<Subscription>('PUT', `/subscriptions/${subscriptionId}`, { json });
      },
      onSuccess,
    }),
    unsubscribe: useMutation({
      mutationFn: (id: string) => rest.send('DELETE', `/subscriptions/${id}`),
      onSuccess,
    }),
  };
}
