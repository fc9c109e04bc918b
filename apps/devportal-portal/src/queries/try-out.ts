import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { rest } from '../rest';
import type { Token } from '../types';

/** One call of an API as the portal's server makes it. */
export interface TryOutCall {
  readonly environmentName: string;
  readonly transport: 'https' | 'http';
  readonly method: string;
  /** Below the API's address, with its query. */
  readonly path: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body?: string;
}

export interface TryOutAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: string;
  readonly encoding: 'utf8' | 'base64';
  readonly truncated: boolean;
  readonly durationMs: number;
}

export function useTryOut(apiId: string) {
  return useMutation({
    meta: { shownInForm: true },
    gcTime: 0,
    mutationFn: (call: TryOutCall) => rest.send<TryOutAnswer>('POST', `/apis/${apiId}/try-out`, { json: call }),
  });
}

export interface HeldToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly validUntilMs: number;
}

const keyOf = (keyMappingId: string): readonly string[] => ['held-token', keyMappingId];

/** The token last made with these keys on this page load: in memory only, gone with the page. */
export function useHeldToken(keyMappingId: string): HeldToken | undefined {
  return useQuery<HeldToken>({
    queryKey: keyOf(keyMappingId),
    queryFn: skipToken,
    staleTime: Infinity,
    gcTime: Infinity,
  }).data;
}

interface MakeToken {
  readonly applicationId: string;
  readonly keyMappingId: string;
  readonly consumerSecret: string;
  readonly scopes: readonly string[];
}

/** Makes a token with the keys of an application and holds it. */
export function useMakeToken() {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    gcTime: 0,
    mutationFn: async ({ applicationId, keyMappingId, consumerSecret, scopes }: MakeToken): Promise<HeldToken> => {
      const path = `/applications/${applicationId}/oauth-keys/${keyMappingId}/generate-token`;
      const made = await rest.send<Token>('POST', path, { json: { consumerSecret, scopes } });
      return { token: made.accessToken, validUntilMs: Date.now() + made.validityTime * 1000 };
    },
    onSuccess: (held, { keyMappingId }) => client.setQueryData(keyOf(keyMappingId), held),
  });
}
