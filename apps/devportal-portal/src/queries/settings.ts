import { useQuery } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { KeyManager, Policy } from '../types';

const fiveMinutes = 300_000;

export interface SignUpSettings {
  readonly enabled: boolean;
  readonly passwordPolicyMinLength: number;
  readonly passwordPolicyMaxLength: number;
}

/** Whether people may make their own account, and what a password needs. */
export function useSignUpSettings() {
  return useQuery({
    queryKey: ['sign-up'],
    queryFn: () => rest.get<SignUpSettings>('/sign-up'),
    staleTime: fiveMinutes,
  });
}

/** Policies for applications that the reader may choose. */
export function useApplicationPolicies() {
  return useQuery({
    queryKey: ['policies', 'application'],
    queryFn: () => rest.get<ListBody<Policy>>('/throttling-policies/application', { limit: 1000 }),
    staleTime: fiveMinutes,
  });
}

export function useKeyManagers() {
  return useQuery({
    queryKey: ['key-managers'],
    queryFn: () => rest.get<ListBody<KeyManager>>('/key-managers'),
    staleTime: fiveMinutes,
  });
}
