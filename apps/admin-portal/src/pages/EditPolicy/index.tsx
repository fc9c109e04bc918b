import { Stack } from '@mantine/core';
import {
  EntityBar,
  ErrorPanel,
  PageHeader,
  RestError,
  useEntityForm,
  useSession,
  Waiting,
  type Versioned,
} from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { PolicyForm } from '../../parts/policy-form';
import { usePolicyLevel } from '../../parts/policy-level';
import { savePolicy, usePolicy } from '../../queries/policies';
import { scopes } from '../../scopes';
import type { Policy, PolicyLevel } from '../../types';

export function Component(): ReactNode {
  const level = usePolicyLevel();
  const { policyId = '' } = useParams();
  if (level === null) return <ErrorPanel error={new RestError(404, '', '', [], '')} />;
  return <Loaded key={policyId} level={level} policyId={policyId} />;
}

function Loaded({ level, policyId }: { readonly level: PolicyLevel; readonly policyId: string }): ReactNode {
  const { data, error, refetch } = usePolicy(level, policyId);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const reload = async (): Promise<Versioned<Policy>> =>
    (await refetch({ throwOnError: true })).data as Versioned<Policy>;
  return <Edit level={level} loaded={data} reload={reload} />;
}

interface EditProps {
  readonly level: PolicyLevel;
  readonly loaded: Versioned<Policy>;
  readonly reload: () => Promise<Versioned<Policy>>;
}

function Edit({ level, loaded, reload }: EditProps): ReactNode {
  const { t } = useTranslation();
  const mayChange = useSession().can(...scopes.managePolicies);
  const form = useEntityForm<Policy>({
    loaded,
    reload,
    save: (body, etag) => savePolicy(level, body, etag),
  });
  return (
    <>
      <PageHeader title={loaded.body.policyName} about={t(`${level}.about`)} />
      <Stack maw={960}>
        <fieldset disabled={!mayChange} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          <PolicyForm level={level} value={form.value} onChange={form.change} error={form.error} isNew={false} />
        </fieldset>
        <EntityBar form={form} readOnly={!mayChange} labelOf={(field) => t(`policy.field.${field}`)} />
      </Stack>
    </>
  );
}
