import { Button, Group, Stack } from '@mantine/core';
import { PageHeader, ProblemList, showDone } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { newRule, RuleForm } from '../../parts/rule-form';
import { useRuleChanges } from '../../queries/custom-rules';

export function Component(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [value, setValue] = useState(newRule);
  const { create } = useRuleChanges();
  const { policyId: _, ...body } = value;
  const policyName = value.policyName.trim();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate(
      { ...body, policyName },
      {
        onSuccess: () => {
          showDone(t('done.created', { name: policyName }));
          void navigate('/throttling/custom');
        },
      },
    );
  };
  return (
    <>
      <PageHeader title={t('rule.create')} about={t('rule.about')} />
      <form onSubmit={submit}>
        <Stack maw={960}>
          <RuleForm
            value={value}
            onChange={(more) => setValue((before) => ({ ...before, ...more }))}
            error={create.error}
            readOnly={false}
            isNew
          />
          <ProblemList error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending} disabled={policyName === ''}>
              {t('rule.create')}
            </Button>
            <Button component={Link} to="/throttling/custom" variant="default">
              {t('common.cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  );
}
