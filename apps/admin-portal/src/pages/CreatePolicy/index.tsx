import { Button, Group, Stack } from '@mantine/core';
import { ErrorPanel, PageHeader, ProblemList, RestError, showDone } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { newPolicy, PolicyForm } from '../../parts/policy-form';
import { usePolicyLevel } from '../../parts/policy-level';
import { usePolicyChanges } from '../../queries/policies';
import type { PolicyLevel } from '../../types';

export function Component(): ReactNode {
  const level = usePolicyLevel();
  if (level === null) return <ErrorPanel error={new RestError(404, '', '', [], '')} />;
  return <Page level={level} />;
}

function Page({ level }: { readonly level: PolicyLevel }): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [value, setValue] = useState(newPolicy);
  const { create } = usePolicyChanges(level);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { policyId: _, ...body } = value;
    const policyName = value.policyName.trim();
    create.mutate(
      { ...body, policyName, displayName: policyName },
      {
        onSuccess: () => {
          showDone(t('done.created', { name: policyName }));
          void navigate(`/throttling/${level}`);
        },
      },
    );
  };
  return (
    <>
      <PageHeader title={t(`${level}.create`)} about={t(`${level}.about`)} />
      <form onSubmit={submit}>
        <Stack maw={960}>
          <PolicyForm
            level={level}
            value={value}
            onChange={(more) => setValue((before) => ({ ...before, ...more }))}
            error={create.error}
            isNew
          />
          <ProblemList error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending} disabled={value.policyName.trim() === ''}>
              {t('policy.create')}
            </Button>
            <Button component={Link} to={`/throttling/${level}`} variant="default">
              {t('common.cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  );
}
