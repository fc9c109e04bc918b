import { Stack } from '@mantine/core';
import { EntityBar, ErrorPanel, PageHeader, useEntityForm, useSession, Waiting, type Versioned } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { RuleForm } from '../../parts/rule-form';
import { saveRule, useCustomRule } from '../../queries/custom-rules';
import { scopes } from '../../scopes';
import type { CustomRule } from '../../types';

export function Component(): ReactNode {
  const { ruleId = '' } = useParams();
  const { data, error, refetch } = useCustomRule(ruleId);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const reload = async (): Promise<Versioned<CustomRule>> =>
    (await refetch({ throwOnError: true })).data as Versioned<CustomRule>;
  return <Edit key={ruleId} loaded={data} reload={reload} />;
}

interface EditProps {
  readonly loaded: Versioned<CustomRule>;
  readonly reload: () => Promise<Versioned<CustomRule>>;
}

function Edit({ loaded, reload }: EditProps): ReactNode {
  const { t } = useTranslation();
  const readOnly = !useSession().can(...scopes.managePolicies);
  const form = useEntityForm<CustomRule>({ loaded, reload, save: saveRule });
  return (
    <>
      <PageHeader title={loaded.body.policyName} about={t('rule.about')} />
      <Stack maw={960}>
        <RuleForm value={form.value} onChange={form.change} error={form.error} readOnly={readOnly} isNew={false} />
        <EntityBar form={form} readOnly={readOnly} labelOf={(field) => t(`rule.field.${field}`)} />
      </Stack>
    </>
  );
}
