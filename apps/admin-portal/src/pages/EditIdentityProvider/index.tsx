import { Code, Stack, Text } from '@mantine/core';
import { EntityBar, ErrorPanel, PageHeader, useEntityForm, Waiting, type Versioned } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { FederatedAccounts } from './federated-accounts';
import { IdentityProviderForm } from '../../parts/identity-provider-form';
import { saveIdentityProvider, useIdentityProvider } from '../../queries/identity-providers';
import type { IdentityProvider } from '../../types';

export function Component(): ReactNode {
  const { identityProviderId = '' } = useParams();
  const { data, error, refetch } = useIdentityProvider(identityProviderId);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const reload = async (): Promise<Versioned<IdentityProvider>> =>
    (await refetch({ throwOnError: true })).data as Versioned<IdentityProvider>;
  return <Edit key={identityProviderId} loaded={data} reload={reload} />;
}

interface EditProps {
  readonly loaded: Versioned<IdentityProvider>;
  readonly reload: () => Promise<Versioned<IdentityProvider>>;
}

function Edit({ loaded, reload }: EditProps): ReactNode {
  const { t } = useTranslation();
  const form = useEntityForm<IdentityProvider>({ loaded, reload, save: saveIdentityProvider });
  const { id, name, displayName, redirectUri } = loaded.body;
  return (
    <>
      <PageHeader title={displayName || name} about={t('identityProvider.about')} />
      <Stack maw={720}>
        <Text size="sm">
          {t('identityProvider.redirectUri')} <Code>{redirectUri}</Code>
        </Text>
        <IdentityProviderForm value={form.value} onChange={form.change} error={form.error} isNew={false} />
        <EntityBar form={form} labelOf={(field) => t(`identityProvider.field.${field}`)} />
        <FederatedAccounts provider={id} />
      </Stack>
    </>
  );
}
