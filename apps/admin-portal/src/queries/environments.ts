import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { Environment, GatewayNode } from '../types';

export type EnvironmentInput = Pick<Environment, 'name' | 'displayName' | 'description' | 'vhosts'>;

export function useEnvironments() {
  return useQuery({ queryKey: ['environments'], queryFn: () => rest.get<ListBody<Environment>>('/environments') });
}

export function useGatewaysOf(id: string) {
  return useQuery({
    queryKey: ['environments', id, 'gateways'],
    queryFn: () => rest.get<ListBody<GatewayNode>>(`/environments/${id}/gateways`),
    refetchInterval: 10_000,
  });
}

export function useEnvironmentChanges() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['environments'] });
  return {
    create: useMutation({
      meta: { shownInForm: true },
      mutationFn: (json: EnvironmentInput) => rest.send<Environment>('POST', '/environments', { json }),
      onSuccess,
    }),
    /** The rest of what was loaded goes along, as the whole environment is replaced. */
    save: useMutation({
      meta: { shownInForm: true },
      mutationFn: ({ base, changes }: { base: Environment; changes: EnvironmentInput }) => {
        const { id, isReadOnly: _, ...body } = base;
        return rest.send('PUT', `/environments/${id}`, { json: { ...body, ...changes } });
      },
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => rest.send('DELETE', `/environments/${id}`), onSuccess }),
  };
}
