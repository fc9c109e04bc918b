import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { ErrorPanel, showDone, useSession, Waiting } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApplicationPicker } from '../../../parts/application-picker';
import { FormProblem } from '../../../parts/form-problem';
import { MembersOnly } from '../../../parts/members-only';
import { NewApplication } from '../../../parts/new-application';
import { PlanChoice } from '../../../parts/plan-choice';
import { SubscriptionTable } from '../../../parts/subscription-table';
import { usePlans } from '../../../queries/apis';
import { useEveryApplication } from '../../../queries/applications';
import { useSubscribing, useSubscriptions } from '../../../queries/subscriptions';
import type { Api } from '../../../types';
import { useLoadedApi } from '../api-context';

/** The reader's subscriptions to this API, and a new one with an application chosen or made here. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const api = useLoadedApi();
  return (
    <MembersOnly why={t('subscribe.visitorWhy')}>
      <Stack gap="xl">
        {api.isSubscriptionAvailable ? (
          <SubscribeForm api={api} />
        ) : (
          <Text size="sm">{t('subscribe.notAvailable')}</Text>
        )}
        <Present api={api} />
      </Stack>
    </MembersOnly>
  );
}

function Present({ api }: { readonly api: Api }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useSubscriptions({ apiId: api.id });
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  if (data.length === 0) return <Text size="sm">{t('subscribe.none')}</Text>;
  return (
    <Stack gap="sm">
      <Title order={2} size="h3">
        {t('subscribe.present')}
      </Title>
      <SubscriptionTable rows={data} shows="application" />
    </Stack>
  );
}

function SubscribeForm({ api }: { readonly api: Api }): ReactNode {
  const { t } = useTranslation();
  const { can } = useSession();
  const applications = useEveryApplication();
  const present = useSubscriptions({ apiId: api.id });
  const plans = usePlans(api.id);
  const { subscribe } = useSubscribing();
  const [applicationId, choose] = useState<string | null>(null);
  const [plan, choosePlan] = useState<string | null>(null);
  const wantedPlan = plan ?? plans.data?.[0]?.name ?? null;
  const taken = new Set((present.data ?? []).map((each) => each.applicationId));
  if (!can('apim:subscribe', 'apim:sub_manage')) return null;
  if (!applications.data) return <Waiting lines={3} />;
  const submit = (): void => {
    if (applicationId === null || wantedPlan === null) return;
    const input = { apiId: api.id, applicationId, throttlingPolicy: wantedPlan };
    subscribe.mutate(input, {
      onSuccess: ({ status }) => {
        choose(null);
        showDone(t(status === 'UNBLOCKED' ? 'subscribe.done' : 'subscribe.waits'));
      },
    });
  };
  return (
    <Paper className="tg-surface" p="md">
      <Stack>
        <Title order={2} size="h3">
          {t('subscribe.title')}
        </Title>
        {applications.data.length === 0 ? (
          <NewApplication onMade={({ applicationId: id }) => choose(id)} />
        ) : (
          <>
            <ApplicationPicker
              value={applicationId}
              onChange={choose}
              without={taken}
              description={t('subscribe.applicationHelp')}
            />
            <PlanChoice plans={plans.data ?? []} value={wantedPlan} onChange={choosePlan} />
            <FormProblem error={subscribe.error} />
            <Group>
              <Button
                loading={subscribe.isPending}
                disabled={applicationId === null || wantedPlan === null}
                onClick={submit}
              >
                {t('subscribe.action')}
              </Button>
              <Button component={Link} to="/applications/create" variant="default">
                {t('applications.create')}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Paper>
  );
}
