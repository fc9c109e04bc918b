import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { rest } from '../rest';

export interface TenantConfig {
  /** Role names separated by commas. */
  readonly RESTAPIScopes: { readonly Scope: readonly { readonly Name: string; readonly Roles: string }[] };
  readonly WorkflowExtensions: Readonly<Record<string, { readonly executor: string }>>;
  readonly SelfSignUp: { readonly EnableSignup: boolean; readonly SignUpRoles: readonly string[] };
  readonly SecondFactor: { readonly RequiredForRoles: readonly string[] };
}

export function useTenantConfig() {
  return useQuery({ queryKey: ['tenant-config'], queryFn: () => rest.get<TenantConfig>('/tenant-config') });
}

/** Sends the changed parts only: what is left out stays as it is. */
export function useChangeTenantConfig() {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: (json: Partial<TenantConfig>) => rest.send('PUT', '/tenant-config', { json }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tenant-config'] }),
  });
}
