import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { ConfirmDanger, EmptyState, ErrorPanel, formatTime, showDone, useUrlState, Waiting } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApiKeyChanges, useApiKeys } from '../../../queries/api-keys';
import { keyTypes, type ApiKey, type KeyType } from '../../../types';
import { useLoadedApplication } from '../application-context';
import { IssueApiKey } from './issue-api-key';

const defaults = { type: 'PRODUCTION' };

/** API keys of the application: issue, list, revoke. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { applicationId, status } = useLoadedApplication().body;
  const [state, change] = useUrlState(defaults);
  const keyType = keyTypes.find((type) => type === state.type) ?? 'PRODUCTION';
  if (status !== 'APPROVED') return <Text size="sm">{t('keys.afterApproval')}</Text>;
  return (
    <Stack>
      <Text size="sm">{t('apiKeys.about')}</Text>
      <SegmentedControl
        w="fit-content"
        aria-label={t('apiKeys.type')}
        data={keyTypes.map((type) => ({ value: type, label: t(`keys.type.${type}`) }))}
        value={keyType}
        onChange={(type) => change({ type })}
      />
      <IssueApiKey key={keyType} applicationId={applicationId} keyType={keyType} />
      <Title order={2} size="h3">
        {t('apiKeys.present')}
      </Title>
      <Present applicationId={applicationId} keyType={keyType} />
    </Stack>
  );
}

interface OfType {
  readonly applicationId: string;
  readonly keyType: KeyType;
}

function Present({ applicationId, keyType }: OfType): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useApiKeys(applicationId, keyType);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting lines={3} />;
  if (data.list.length === 0) return <EmptyState title={t('apiKeys.none')} why={t('apiKeys.noneWhy')} />;
  return (
    <div style={{ overflowX: 'auto' }} tabIndex={0} role="group" aria-label={t('apiKeys.present')}>
      <table className="tg-table" aria-label={t('apiKeys.present')}>
        <thead>
          <tr>
            <th>{t('common.name')}</th>
            <th>{t('apiKeys.issued')}</th>
            <th>{t('apiKeys.expires')}</th>
            <th>{t('apiKeys.lastUsed')}</th>
            <th>{t('common.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {data.list.map((row) => (
            <Row key={row.keyUUID} row={row} applicationId={applicationId} keyType={keyType} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row, applicationId, keyType }: OfType & { readonly row: ApiKey }): ReactNode {
  const { t } = useTranslation();
  const [asks, ask] = useState(false);
  const { revoke } = useApiKeyChanges(applicationId, keyType);
  const name = row.keyName || row.keyUUID.slice(0, 8);
  const confirm = (): void =>
    revoke.mutate(row.keyUUID, {
      onSuccess: () => {
        ask(false);
        showDone(t('apiKeys.revoked'));
      },
    });
  return (
    <tr>
      <td>{name}</td>
      <td>{formatTime(row.issuedOn)}</td>
      <td>{endOf(row) ?? t('apiKeys.never')}</td>
      <td>{row.lastUsed === '' ? t('apiKeys.notUsed') : formatTime(row.lastUsed)}</td>
      <td>
        <Group>
          <Button size="compact-sm" variant="default" onClick={() => ask(true)}>
            {t('apiKeys.revoke')}
          </Button>
        </Group>
        <ConfirmDanger
          opened={asks}
          onClose={() => ask(false)}
          title={t('apiKeys.revoke')}
          action={t('apiKeys.revoke')}
          busy={revoke.isPending}
          onConfirm={confirm}
        >
          {t('apiKeys.revokeWhat', { name })}
        </ConfirmDanger>
      </td>
    </tr>
  );
}

/** When the key ends; `null`: it does not. */
function endOf({ issuedOn, validityPeriod }: ApiKey): string | null {
  if (validityPeriod < 0) return null;
  return formatTime(new Date(issuedOn).getTime() + validityPeriod * 1000);
}
