import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { CustomRule, RuleFindings } from '../types';

const base = '/throttling/policies/custom';

export function useCustomRules() {
  return useQuery({ queryKey: ['policies', 'custom', 'list'], queryFn: () => rest.get<ListBody<CustomRule>>(base) });
}

export function useCustomRule(id: string) {
  return useQuery({
    queryKey: ['policies', 'custom', id],
    queryFn: () => rest.versioned<CustomRule>(`${base}/${id}`),
  });
}

/** All that is wrong with a rule, as the server's compiler says it. */
export function useRuleFindings(siddhiQuery: string, keyTemplate: string) {
  return useQuery({
    queryKey: ['rule-findings', siddhiQuery, keyTemplate],
    queryFn: () => rest.send<RuleFindings>('POST', `${base}/check`, { json: { siddhiQuery, keyTemplate } }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

export function useRuleChanges() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['policies', 'custom', 'list'] });
  return {
    create: useMutation({
      meta: { shownInForm: true },
      mutationFn: (json: Omit<CustomRule, 'policyId'>) => rest.send<CustomRule>('POST', base, { json }),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => rest.send('DELETE', `${base}/${id}`), onSuccess }),
  };
}

export function saveRule({ policyId, ...json }: CustomRule, ifMatch: string | undefined) {
  return rest.send('PUT', `${base}/${policyId}`, { json, ifMatch });
}
