import { Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { ConfirmDanger, showDone, StateBadge } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { usePlans } from '../queries/apis';
import { useSubscribing } from '../queries/subscriptions';
import type { Subscription } from '../types';
import { PlanChoice } from './plan-choice';

interface SubscriptionTableProps {
  readonly rows: readonly Subscription[];
  /** The other end: of an API its applications, of an application its APIs. */
  readonly shows: 'application' | 'api';
}

/** Subscriptions with their state in words, change of plan and the way out. */
export function SubscriptionTable({ rows, shows }: SubscriptionTableProps): ReactNode {
  const { t } = useTranslation();
  const label = t('application.section.subscriptions');
  return (
    <div style={{ overflowX: 'auto' }} tabIndex={0} role="group" aria-label={label}>
      <table className="tg-table" aria-label={label}>
        <thead>
          <tr>
            <th>{t(shows === 'api' ? 'subscription.api' : 'application.one')}</th>
            <th>{t('plan.one')}</th>
            <th>{t('subscription.state')}</th>
            <th>{t('common.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.subscriptionId}>
              <td>
                <OtherEnd row={row} shows={shows} />
              </td>
              <td>{row.throttlingPolicy}</td>
              <td>
                <State row={row} />
              </td>
              <td>
                <Actions row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OtherEnd({ row, shows }: { readonly row: Subscription; readonly shows: 'application' | 'api' }): ReactNode {
  if (shows === 'application')
    return (
      <Anchor component={Link} to={`/applications/${row.applicationId}/overview`}>
        {row.applicationInfo.name}
      </Anchor>
    );
  return (
    <Anchor component={Link} to={`/apis/${row.apiId}/overview`}>
      {row.apiInfo === undefined ? row.apiId : `${row.apiInfo.name} ${row.apiInfo.version}`}
    </Anchor>
  );
}

const explained = [
  'BLOCKED',
  'PROD_ONLY_BLOCKED',
  'ON_HOLD',
  'REJECTED',
  'TIER_UPDATE_PENDING',
  'DELETE_PENDING',
] as const;

/** The state, and what it means for calls and what to do. */
function State({ row }: { readonly row: Subscription }): ReactNode {
  const { t } = useTranslation();
  const meaning = explained.find((state) => state === row.status);
  return (
    <Stack gap={2} align="flex-start">
      <StateBadge state={row.status} />
      {meaning !== undefined && (
        <Text size="xs" maw={280}>
          {t(`subscription.means.${meaning}`, { plan: row.requestedThrottlingPolicy })}
        </Text>
      )}
    </Stack>
  );
}

function Actions({ row }: { readonly row: Subscription }): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'plan' | 'leave' | null>(null);
  const { unsubscribe } = useSubscribing();
  const close = (): void => setOpen(null);
  const name = row.apiInfo === undefined ? row.apiId : `${row.apiInfo.name} ${row.apiInfo.version}`;
  return (
    <Group gap="xs" wrap="nowrap">
      {row.status === 'UNBLOCKED' && (
        <Button size="compact-sm" variant="default" onClick={() => setOpen('plan')}>
          {t('subscription.changePlan')}
        </Button>
      )}
      {row.status !== 'DELETE_PENDING' && (
        <Button size="compact-sm" variant="default" onClick={() => setOpen('leave')}>
          {t('subscription.leave')}
        </Button>
      )}
      <ChangePlan row={row} opened={open === 'plan'} onClose={close} />
      <ConfirmDanger
        opened={open === 'leave'}
        onClose={close}
        title={t('subscription.leave')}
        action={t('subscription.leave')}
        busy={unsubscribe.isPending}
        onConfirm={() =>
          unsubscribe.mutate(row.subscriptionId, {
            onSuccess: () => {
              close();
              showDone(t('subscription.left'));
            },
          })
        }
      >
        {t('subscription.leaveWhat', { application: row.applicationInfo.name, api: name })}
      </ConfirmDanger>
    </Group>
  );
}

interface ChangePlanProps {
  readonly row: Subscription;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function ChangePlan({ row, opened, onClose }: ChangePlanProps): ReactNode {
  const { t } = useTranslation();
  const plans = usePlans(opened ? row.apiId : undefined);
  const [plan, choose] = useState(row.throttlingPolicy);
  const { changePlan } = useSubscribing();
  const submit = (): void =>
    changePlan.mutate(
      { subscription: row, plan },
      {
        onSuccess: ({ status }) => {
          onClose();
          showDone(t(status === 'TIER_UPDATE_PENDING' ? 'subscription.planWaits' : 'subscription.planChanged'));
        },
      },
    );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('subscription.changePlan')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack>
        <PlanChoice plans={plans.data ?? []} value={plan} onChange={choose} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button loading={changePlan.isPending} disabled={plan === row.throttlingPolicy} onClick={submit}>
            {t('subscription.changePlan')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
