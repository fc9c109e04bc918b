import { Group, Stack, Switch, Text, Title } from '@mantine/core';
import { ErrorPanel, useUrlState, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PlainTable } from '../../parts/plain-table';
import { useDenyWords } from '../../parts/deny-words';
import { usePoliciesOnNodes } from '../../queries/topology';
import type { PolicyOnNodes } from '../../types';

const defaults = { policies: 'missing' };

/** Which version of which policy, rule and denial is live on which node; first those that are not live everywhere. */
export function PolicyVersions(): ReactNode {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [state, change] = useUrlState(defaults);
  const { data, error, refetch } = usePoliciesOnNodes();
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting lines={3} />;
  const missing = data.list.filter(({ missingOn }) => missingOn.length > 0);
  const rows = state.policies === 'all' ? data.list : missing;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t('topology.policies')}
        </Title>
        <Switch
          label={t('topology.showAll')}
          checked={state.policies === 'all'}
          onChange={(event) => change({ policies: event.currentTarget.checked ? 'all' : 'missing' })}
        />
      </Group>
      <Text size="sm" role="status">
        {missing.length === 0
          ? t('topology.allLive', { total: data.list.length })
          : t('topology.someMissing', { missing: missing.length, total: data.list.length })}
      </Text>
      {rows.length > 0 && (
        <PlainTable
          label={t('topology.policies')}
          headers={[
            t('deny.kind'),
            t('common.name'),
            t('topology.version'),
            t('topology.liveOn'),
            t('topology.missingOn'),
          ]}
          rows={rows.map((row) => ({
            key: `${row.kind} ${row.id}`,
            cells: [
              t(`topology.kinds.${row.kind}`),
              nameOf(row),
              `#${row.version}`,
              row.liveOn.join(', ') || t('common.none'),
              row.missingOn.join(', ') || t('common.none'),
            ],
          }))}
        />
      )}
    </Stack>
  );
}

/** What people call it: "Gold (business plan)", "User: bob@carbon.super". */
function useNames(): (row: PolicyOnNodes) => string {
  const { t } = useTranslation();
  const words = useDenyWords();
  return ({ name, policyLevel, conditionType, conditionValue }) => {
    if (policyLevel) return t('topology.named', { name, level: t(`topology.levels.${policyLevel}`) });
    if (!conditionType || conditionValue === undefined) return name;
    const kind = t(`deny.kinds.${conditionType}`, { defaultValue: conditionType });
    return t('topology.denied', { kind, whom: words({ conditionType, conditionValue }) });
  };
}
