import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { Policy, PolicyLevel } from '../types';

const base = '/throttling/policies';
/** Names of the levels in `type` of the export. */
const types = { advanced: 'api', application: 'app', subscription: 'sub', custom: 'global' } as const;
export type TransferLevel = keyof typeof types;

export function usePolicies(level: PolicyLevel) {
  return useQuery({
    queryKey: ['policies', level, 'list'],
    queryFn: () => rest.get<ListBody<Policy>>(`${base}/${level}`),
  });
}

export function usePolicy(level: PolicyLevel, id: string) {
  return useQuery({
    queryKey: ['policies', level, id],
    queryFn: () => rest.versioned<Policy>(`${base}/${level}/${id}`),
  });
}

export function usePolicyChanges(level: PolicyLevel) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['policies', level, 'list'] });
  return {
    create: useMutation({
      meta: { shownInForm: true },
      mutationFn: (json: Omit<Policy, 'policyId'>) => rest.send<Policy>('POST', `${base}/${level}`, { json }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => rest.send('DELETE', `${base}/${level}/${id}`),
      onSuccess,
    }),
  };
}

export function savePolicy(level: PolicyLevel, { policyId, ...json }: Policy, ifMatch: string | undefined) {
  return rest.send('PUT', `${base}/${level}/${policyId}`, { json, ifMatch });
}

/** The policy as text for a file. */
export async function exportPolicy(level: TransferLevel, policyId: string): Promise<string> {
  return JSON.stringify(JSON.parse(await rest.text(`${base}/export`, { policyId, type: types[level] })), null, 2);
}

export function useImportPolicy() {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: ({ file, overwrite }: { file: File; overwrite: boolean }) => {
      const form = new FormData();
      form.set('file', file);
      return rest.send('POST', `${base}/import`, { form, query: { overwrite } });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['policies'] }),
  });
}
