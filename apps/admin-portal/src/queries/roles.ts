import { useQuery } from '@tanstack/react-query';
import { scim } from '../rest';

interface ScimRoles {
  readonly Resources?: readonly { readonly displayName: string }[];
}

/** Names of all roles of the organization, for choices. */
export function useRoleNames() {
  return useQuery({
    queryKey: ['roles', 'names'],
    queryFn: async () => {
      const { Resources = [] } = await scim.get<ScimRoles>('/Roles', { count: 1000, attributes: 'displayName' });
      return Resources.map(({ displayName }) => displayName);
    },
    staleTime: 300_000,
  });
}
