import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody } from '@tollgate/ui';
import { rest } from '../rest';
import type { KeyManager, KeyManagerInfo } from '../types';

export type KeyManagerInput = Omit<KeyManager, 'id'>;

export function useKeyManagers() {
  return useQuery({ queryKey: ['key-managers'], queryFn: () => rest.get<ListBody<KeyManagerInfo>>('/key-managers') });
}

export function useKeyManager(id: string) {
  return useQuery({
    queryKey: ['key-managers', id],
    queryFn: () => rest.versioned<KeyManager>(`/key-managers/${id}`),
  });
}

/** What the key manager says of itself at its well-known address; `null`: it says nothing usable. */
export function useDiscovery() {
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: async (url: string) => {
      const form = new FormData();
      form.set('url', url);
      form.set('type', 'oidc');
      const { valid, value } = await rest.send<{ valid: boolean; value?: Partial<KeyManagerInput> }>(
        'POST',
        '/key-managers/discover',
        { form },
      );
      return valid && value ? value : null;
    },
  });
}

export function useKeyManagerChanges() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['key-managers'] });
  return {
    create: useMutation({
      meta: { shownInForm: true },
      mutationFn: (json: KeyManagerInput) => rest.send<KeyManager>('POST', '/key-managers', { json }),
      onSuccess,
    }),
    /** Switches one on or off; everything else of it stays. */
    toggle: useMutation({
      mutationFn: async ({ id, enabled }: { id: string; enabled: boolean }) => {
        const { body, etag } = await rest.versioned<KeyManager>(`/key-managers/${id}`);
        return rest.send('PUT', `/key-managers/${id}`, { json: { ...body, enabled }, ifMatch: etag });
      },
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (id: string) => rest.send('DELETE', `/key-managers/${id}`), onSuccess }),
  };
}

export function saveKeyManager({ id, ...json }: KeyManager, ifMatch: string | undefined) {
  return rest.send('PUT', `/key-managers/${id}`, { json, ifMatch });
}
