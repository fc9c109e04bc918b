import { Alert, Stack, Text } from '@mantine/core';
import { ErrorPanel, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { MembersOnly } from '../../../parts/members-only';
import { useDefinition } from '../../../queries/apis';
import type { Api } from '../../../types';
import { useLoadedApi } from '../api-context';
import { Console } from './console';
import { operationNames } from './operations';

/** Calls of the API from its definition, with a test token of one of the reader's applications. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const api = useLoadedApi();
  return (
    <MembersOnly why={t('console.visitorWhy')}>
      {api.endpointURLs.length === 0 ? (
        <Alert color="yellow">{t('overview.nowhere')}</Alert>
      ) : (
        <OfDefinition api={api} />
      )}
    </MembersOnly>
  );
}

function OfDefinition({ api }: { readonly api: Api }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useDefinition(api.id);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const names = operationNames(data);
  if (names.length === 0) return <Text size="sm">{t('console.noOperations')}</Text>;
  return (
    <Stack>
      <Text size="sm">{t('console.about')}</Text>
      <Console api={api} definition={data} names={names} />
    </Stack>
  );
}
