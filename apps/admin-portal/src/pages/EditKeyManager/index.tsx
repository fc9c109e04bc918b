import { Stack } from '@mantine/core';
import { EntityBar, ErrorPanel, PageHeader, useEntityForm, Waiting, type Versioned } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { KeyManagerForm } from '../../parts/key-manager-form';
import { saveKeyManager, useKeyManager } from '../../queries/key-managers';
import type { KeyManager } from '../../types';

export function Component(): ReactNode {
  const { keyManagerId = '' } = useParams();
  const { data, error, refetch } = useKeyManager(keyManagerId);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const reload = async (): Promise<Versioned<KeyManager>> =>
    (await refetch({ throwOnError: true })).data as Versioned<KeyManager>;
  return <Edit key={keyManagerId} loaded={data} reload={reload} />;
}

interface EditProps {
  readonly loaded: Versioned<KeyManager>;
  readonly reload: () => Promise<Versioned<KeyManager>>;
}

function Edit({ loaded, reload }: EditProps): ReactNode {
  const { t } = useTranslation();
  const form = useEntityForm<KeyManager>({ loaded, reload, save: saveKeyManager });
  return (
    <>
      <PageHeader title={loaded.body.displayName || loaded.body.name} about={t('keyManager.about')} />
      <Stack maw={720}>
        <KeyManagerForm value={form.value} onChange={form.change} error={form.error} />
        <EntityBar form={form} labelOf={(field) => t(`keyManager.field.${field}`)} />
      </Stack>
    </>
  );
}
