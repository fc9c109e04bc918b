import { Alert, Select, Stack, Text } from '@mantine/core';
import { ErrorPanel, useUrlState, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useOAuthKeys } from '../../../queries/keys';
import { useKeyManagers } from '../../../queries/settings';
import type { KeyType } from '../../../types';
import { useLoadedApplication } from '../application-context';
import { GenerateKeys } from './generate-keys';
import { PresentKeys } from './present-keys';

const defaults = { manager: '' };

/** The OAuth client of the application for one type of keys at one key manager. */
export function KeysPage({ keyType }: { readonly keyType: KeyType }): ReactNode {
  const { t } = useTranslation();
  const { applicationId, status } = useLoadedApplication().body;
  const [{ manager: wanted }, change] = useUrlState(defaults);
  const managers = useKeyManagers();
  const keys = useOAuthKeys(applicationId);
  const failed = keys.error ?? managers.error;
  if (failed && !keys.data) return <ErrorPanel error={failed} onRetry={() => void keys.refetch()} />;
  if (!keys.data || !managers.data) return <Waiting />;
  if (status !== 'APPROVED') return <Text size="sm">{t('keys.afterApproval')}</Text>;
  const usable = managers.data.list.filter(({ enabled }) => enabled);
  const manager = usable.find(({ name }) => name === wanted) ?? usable[0];
  if (manager === undefined) return <Text size="sm">{t('keys.noManager')}</Text>;
  const present = keys.data.list.find((each) => each.keyType === keyType && each.keyManager === manager.name);
  return (
    <Stack>
      <Text size="sm">{t(`keys.about.${keyType}`)}</Text>
      {usable.length > 1 && (
        <Select
          label={t('keys.manager')}
          maw={360}
          allowDeselect={false}
          data={usable.map(({ name, displayName }) => ({ value: name, label: displayName }))}
          value={manager.name}
          onChange={(name) => change({ manager: name ?? '' })}
        />
      )}
      {present?.keyState === 'CREATED' && <Alert color="yellow">{t('keys.waits')}</Alert>}
      {present?.keyState === 'REJECTED' && <Alert color="danger">{t('keys.rejected')}</Alert>}
      {(present === undefined || present.keyState === 'REJECTED') && (
        <GenerateKeys key={manager.name} keyType={keyType} manager={manager} applicationId={applicationId} />
      )}
      {present?.keyMappingId !== undefined && (
        <PresentKeys
          key={present.keyMappingId}
          id={present.keyMappingId}
          keys={present}
          manager={manager}
          applicationId={applicationId}
        />
      )}
    </Stack>
  );
}
