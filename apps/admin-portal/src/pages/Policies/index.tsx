import { Button, Group } from '@mantine/core';
import { ErrorPanel, PageHeader, RestError, showProblem, useErrorText, useSession, type Column } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CreateLink } from '../../parts/create-link';
import { ImportPolicy } from '../../parts/import-policy';
import { useLimitWords } from '../../parts/limit-words';
import { LocalList } from '../../parts/local-list';
import { NameLink } from '../../parts/name-link';
import { usePolicyLevel } from '../../parts/policy-level';
import { RemoveButton } from '../../parts/remove-button';
import { saveFile } from '../../parts/save-file';
import { exportPolicy, usePolicies, usePolicyChanges } from '../../queries/policies';
import { scopes } from '../../scopes';
import type { Policy, PolicyLevel } from '../../types';

export function Component(): ReactNode {
  const level = usePolicyLevel();
  if (level === null) return <ErrorPanel error={new RestError(404, '', '', [], '')} />;
  return <Page key={level} level={level} />;
}

function Page({ level }: { readonly level: PolicyLevel }): ReactNode {
  const { t } = useTranslation();
  const mayChange = useSession().can(...scopes.managePolicies);
  const create = mayChange && <CreateLink to={`/throttling/${level}/create`}>{t('policy.create')}</CreateLink>;
  return (
    <>
      <PageHeader title={t(`${level}.title`)} about={t(`${level}.about`)}>
        {mayChange && <ImportPolicy />}
        {create}
      </PageHeader>
      <List level={level} create={create} mayChange={mayChange} />
    </>
  );
}

interface ListProps {
  readonly level: PolicyLevel;
  readonly create: ReactNode;
  readonly mayChange: boolean;
}

function List({ level, create, mayChange }: ListProps): ReactNode {
  const { t } = useTranslation();
  const words = useLimitWords();
  const columns: Column<Policy>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ policyId, policyName }) => <NameLink to={`/throttling/${level}/${policyId}`}>{policyName}</NameLink>,
    },
    { key: 'limit', header: t('policy.limit'), cell: ({ defaultLimit }) => words(defaultLimit) },
    ...(level === 'advanced'
      ? [
          {
            key: 'groups',
            header: t('groups.title'),
            align: 'right' as const,
            cell: ({ conditionalGroups }: Policy) => conditionalGroups?.length ?? 0,
          },
        ]
      : []),
    { key: 'description', header: t('common.description'), cell: ({ description }) => description },
    {
      key: 'actions',
      header: t('common.actions'),
      cell: (policy) => <Actions level={level} policy={policy} mayChange={mayChange} />,
    },
  ];
  return (
    <LocalList
      label={t(`${level}.title`)}
      found={usePolicies(level)}
      columns={columns}
      rowKey={({ policyId }) => policyId}
      words={({ policyName, description }) => `${policyName} ${description}`}
      orders={{ name: ({ policyName }) => policyName }}
      sortBy="name"
      none={{ title: t('policy.none'), why: t(`${level}.about`), action: create }}
    />
  );
}

interface ActionsProps {
  readonly level: PolicyLevel;
  readonly policy: Policy;
  readonly mayChange: boolean;
}

function Actions({ level, policy, mayChange }: ActionsProps): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { remove } = usePolicyChanges(level);
  const { policyId, policyName } = policy;
  const save = (): void =>
    void exportPolicy(level, policyId).then(
      (text) => saveFile(`${level}-${policyName}.json`, text),
      (error: unknown) => showProblem(errorText(error)),
    );
  if (!mayChange) return null;
  return (
    <Group gap="xs" wrap="nowrap">
      <Button size="compact-sm" variant="default" aria-label={`${t('transfer.export')}: ${policyName}`} onClick={save}>
        {t('transfer.export')}
      </Button>
      <RemoveButton id={policyId} name={policyName} what={t('policy.deleteWhat')} remove={remove} />
    </Group>
  );
}
