import { Alert, Paper, Stack, Text, Title } from '@mantine/core';
import { CopyText, Facts, formatTime, MethodBadge } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePlans } from '../../../queries/apis';
import { usePolicyWords } from '../../../parts/policy-words';
import type { Api } from '../../../types';
import { useLoadedApi } from '../api-context';

/** What the API is for, where it is called, and on what terms. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const api = useLoadedApi();
  return (
    <Stack>
      {api.lifeCycleStatus === 'DEPRECATED' && <Alert color="yellow">{t('overview.deprecated')}</Alert>}
      {api.lifeCycleStatus === 'BLOCKED' && <Alert color="danger">{t('overview.blocked')}</Alert>}
      <Text style={{ whiteSpace: 'pre-line' }}>
        {api.description === '' ? t('apis.noDescription') : api.description}
      </Text>
      <Addresses api={api} />
      <Plans api={api} />
      <About api={api} />
      <Operations api={api} />
    </Stack>
  );
}

function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <Paper className="tg-surface" p="md">
      <Title order={2} size="h3" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

function Addresses({ api }: { readonly api: Api }): ReactNode {
  const { t } = useTranslation();
  const rows = api.endpointURLs.flatMap(({ environmentDisplayName, URLs }) =>
    [URLs.https, URLs.http].filter((url) => url !== undefined).map((url) => ({ environmentDisplayName, url })),
  );
  return (
    <Panel title={t('overview.where')}>
      {rows.length === 0 && <Text size="sm">{t('overview.nowhere')}</Text>}
      <Stack gap="xs">
        {rows.map(({ environmentDisplayName, url }) => (
          <Stack key={url} gap={2}>
            <Text size="xs" c="dimmed">
              {environmentDisplayName}
            </Text>
            <CopyText text={url} label={`${environmentDisplayName} ${new URL(url).protocol.replace(':', '')}`} />
          </Stack>
        ))}
      </Stack>
    </Panel>
  );
}

function Plans({ api }: { readonly api: Api }): ReactNode {
  const { t } = useTranslation();
  const words = usePolicyWords();
  const plans = usePlans(api.id);
  const rows = (plans.data ?? []).map((plan) => [plan.name, words(plan)] as const);
  return (
    <Panel title={t('overview.plans')}>
      {plans.data?.length === 0 ? <Text size="sm">{t('overview.noPlans')}</Text> : <Facts rows={rows} />}
    </Panel>
  );
}

function About({ api }: { readonly api: Api }): ReactNode {
  const { t } = useTranslation();
  const { businessOwner, businessOwnerEmail, technicalOwner, technicalOwnerEmail } = api.businessInformation;
  const contact = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join(' · ') || t('common.none');
  return (
    <Panel title={t('overview.about')}>
      <Facts
        rows={[
          [t('overview.security'), api.securityScheme.filter((each) => !each.endsWith('mandatory')).join(', ')],
          [t('overview.tags'), api.tags.join(', ') || t('common.none')],
          [t('overview.updated'), formatTime(api.lastUpdatedTime)],
          [t('overview.business'), contact(businessOwner, businessOwnerEmail)],
          [t('overview.technical'), contact(technicalOwner, technicalOwnerEmail)],
        ]}
      />
    </Panel>
  );
}

function Operations({ api }: { readonly api: Api }): ReactNode {
  const { t } = useTranslation();
  return (
    <Panel title={t('overview.operations')}>
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {api.operations.map(({ verb, target }) => (
          <li key={`${verb} ${target}`}>
            <MethodBadge method={verb} /> <span className="tg-mono">{target}</span>
          </li>
        ))}
      </Stack>
    </Panel>
  );
}
