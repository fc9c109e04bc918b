import { Button } from '@mantine/core';
import { EmptyState, ErrorPanel, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { SubscriptionTable } from '../../../parts/subscription-table';
import { useSubscriptions } from '../../../queries/subscriptions';
import { useLoadedApplication } from '../application-context';

/** The APIs that the application may call. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { applicationId } = useLoadedApplication().body;
  const { data, error, refetch } = useSubscriptions({ applicationId });
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  if (data.length === 0)
    return (
      <EmptyState
        title={t('subscription.none')}
        why={t('subscription.noneWhy')}
        action={
          <Button component={Link} to="/apis">
            {t('subscription.find')}
          </Button>
        }
      />
    );
  return <SubscriptionTable rows={data} shows="api" />;
}
