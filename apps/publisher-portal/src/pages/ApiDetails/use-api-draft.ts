import { RestError, splitProblems, showDone } from '@tollgate/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQueryClient } from '@tanstack/react-query';
import { useSaveApi } from '../../queries/apis';
import type { Api } from '../../types';
import { useLoadedApi } from './api-context';

/**
 * Changes of some fields of the API until they are saved. They lie over what was loaded, so that two people who change
 * different fields can both save; a save over a version that somebody else replaced is refused and told (412).
 */
export function useApiDraft() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const loaded = useLoadedApi();
  const [base, setBase] = useState(loaded);
  const [changes, setChanges] = useState<Partial<Api>>({});
  const save = useSaveApi(loaded.body.id);
  const isDirty = Object.keys(changes).length > 0;
  const present = isDirty ? base : loaded;

  return {
    api: { ...present.body, ...changes },
    isDirty,
    busy: save.isPending,
    error: save.error,
    /** The server's words at a field of the body: `description`, `endpointConfig.production_endpoints.url`. */
    problemAt: (field: string): string | undefined => problemAt(save.error, field),
    change: (more: Partial<Api>): void => {
      if (!isDirty) setBase(loaded);
      setChanges((before) => ({ ...before, ...more }));
    },
    discard: (): void => {
      setChanges({});
      save.reset();
    },
    /** Takes the newest version as the new base; what was typed stays. */
    rebase: async (): Promise<void> => {
      await client.refetchQueries({ queryKey: ['apis', loaded.body.id], exact: true });
      const newest = client.getQueryData<typeof loaded>(['apis', loaded.body.id]);
      if (newest) setBase(newest);
      save.reset();
    },
    save: (): void => {
      save.mutate(
        { base: present, changes },
        {
          onSuccess: () => {
            setChanges({});
            showDone(t('common.saved'));
          },
        },
      );
    },
  };
}

export type ApiDraft = ReturnType<typeof useApiDraft>;

function problemAt(error: unknown, field: string): string | undefined {
  if (!(error instanceof RestError)) return undefined;
  return splitProblems(error, (path) => (path === field || path.startsWith(`${field}[`) ? field : undefined)).fields[
    field
  ];
}
