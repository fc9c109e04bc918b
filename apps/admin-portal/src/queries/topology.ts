import { useQuery } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { PolicyOnNodes, Topology } from '../types';

/** Nodes report every few seconds; a hidden page stops asking. */
const refetchInterval = 5_000;

export function useTopology() {
  return useQuery({ queryKey: ['topology'], queryFn: () => rest.get<Topology>('/topology'), refetchInterval });
}

export function usePoliciesOnNodes() {
  return useQuery({
    queryKey: ['topology', 'policies'],
    queryFn: () => rest.get<ListBody<PolicyOnNodes>>('/topology/policies'),
    refetchInterval,
  });
}
