import { Switch } from '@mantine/core';
import { PageHeader, showDone, useSession, type Column } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LocalList } from '../../parts/local-list';
import { RemoveButton } from '../../parts/remove-button';
import { useDenyChanges, useDenyPolicies } from '../../queries/deny-policies';
import { scopes } from '../../scopes';
import type { DenyPolicy } from '../../types';
import { useDenyWords } from '../../parts/deny-words';
import { NewDenial } from './new-denial';

/** Who and what is refused, each with a switch. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const words = useDenyWords();
  const mayChange = useSession().can(...scopes.manageDenials);
  const { remove } = useDenyChanges();
  const columns: Column<DenyPolicy>[] = [
    {
      key: 'kind',
      header: t('deny.kind'),
      sortBy: 'kind',
      cell: ({ conditionType }) => t(`deny.kinds.${conditionType}`),
    },
    {
      key: 'value',
      header: t('deny.what'),
      sortBy: 'value',
      cell: (policy) => <span className="tg-mono">{words(policy)}</span>,
    },
    {
      key: 'status',
      header: t('deny.denied'),
      cell: (policy) => <Toggle policy={policy} mayChange={mayChange} />,
    },
    ...(mayChange
      ? [
          {
            key: 'actions',
            header: t('common.actions'),
            cell: (policy: DenyPolicy) => (
              <RemoveButton
                id={policy.conditionId}
                name={words(policy)}
                what={t('deny.deleteWhat', { what: words(policy) })}
                remove={remove}
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <PageHeader title={t('deny.title')} about={t('deny.about')}>
        {mayChange && <NewDenial />}
      </PageHeader>
      <LocalList
        label={t('deny.title')}
        found={useDenyPolicies()}
        columns={columns}
        rowKey={({ conditionId }) => conditionId}
        words={(policy) => `${t(`deny.kinds.${policy.conditionType}`)} ${words(policy)}`}
        orders={{ kind: ({ conditionType }) => conditionType, value: words }}
        none={{ title: t('deny.none'), why: t('deny.about') }}
      />
    </>
  );
}

function Toggle({ policy, mayChange }: { readonly policy: DenyPolicy; readonly mayChange: boolean }): ReactNode {
  const { t } = useTranslation();
  const words = useDenyWords();
  const { toggle } = useDenyChanges();
  const { conditionId, conditionStatus } = policy;
  return (
    <Switch
      aria-label={`${t('deny.denied')}: ${words(policy)}`}
      label={t(conditionStatus ? 'state.on' : 'state.off')}
      checked={conditionStatus}
      disabled={!mayChange || toggle.isPending}
      onChange={(event) => {
        const on = event.currentTarget.checked;
        toggle.mutate(
          { id: conditionId, on },
          { onSuccess: () => showDone(t(on ? 'deny.done' : 'deny.lifted', { what: words(policy) })) },
        );
      }}
    />
  );
}
