import { Alert, Stack, Title } from '@mantine/core';
import {
  EmptyState,
  ErrorPanel,
  formatTime,
  PageHeader,
  RestError,
  showDone,
  StateBadge,
  useSession,
  Waiting,
} from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { EnvironmentForm } from '../../parts/environment-form';
import { PlainTable } from '../../parts/plain-table';
import { useEnvironmentChanges, useEnvironments, useGatewaysOf } from '../../queries/environments';
import { scopes } from '../../scopes';
import type { Environment } from '../../types';

export function Component(): ReactNode {
  const { environmentId = '' } = useParams();
  const { data, error, refetch } = useEnvironments();
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const environment = data.list.find(({ id }) => id === environmentId);
  if (!environment) return <ErrorPanel error={new RestError(404, '', '', [], '')} />;
  return <Edit key={environmentId} environment={environment} />;
}

function Edit({ environment }: { readonly environment: Environment }): ReactNode {
  const { t } = useTranslation();
  const mayChange = useSession().can(...scopes.manageEnvironments);
  const { save } = useEnvironmentChanges();
  const { name, displayName, description, vhosts, isReadOnly } = environment;
  return (
    <>
      <PageHeader title={displayName} about={t('environment.about')} />
      <Stack gap="lg">
        {isReadOnly || !mayChange ? (
          <Alert color="gray">{t(isReadOnly ? 'environment.fixedWhy' : 'error.readOnly')}</Alert>
        ) : (
          <EnvironmentForm
            start={{ name, displayName, description, vhosts }}
            isNew={false}
            busy={save.isPending}
            error={save.error}
            action={t('common.save')}
            onSubmit={(changes) =>
              save.mutate({ base: environment, changes }, { onSuccess: () => showDone(t('common.saved')) })
            }
          />
        )}
        <Gateways environment={environment} />
      </Stack>
    </>
  );
}

function Gateways({ environment }: { readonly environment: Environment }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useGatewaysOf(environment.id);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting lines={2} />;
  if (data.list.length === 0)
    return <EmptyState title={t('environment.noGateways')} why={t('environment.noGatewaysWhy')} />;
  return (
    <Stack gap="sm">
      <Title order={2} size="h3">
        {t('environment.gateways')}
      </Title>
      <PlainTable
        label={t('environment.gateways')}
        headers={[t('environment.gateway'), t('topology.state'), t('topology.seen')]}
        rows={data.list.map(({ gatewayId, status, lastActive }) => ({
          key: gatewayId,
          cells: [
            <span className="tg-mono" key="id">
              {gatewayId}
            </span>,
            <StateBadge key="state" state={status} />,
            formatTime(lastActive),
          ],
        }))}
      />
    </Stack>
  );
}
