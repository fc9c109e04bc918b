import { Anchor, Button, Group, Paper, SimpleGrid, Stack, Text, UnstyledButton } from '@mantine/core';
import {
  EmptyState,
  ErrorPanel,
  formatNumber,
  PageHeader,
  SearchBox,
  StateBadge,
  toneClass,
  useSettled,
  useUrlState,
  useSession,
  Waiting,
} from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { AverageStars } from '../../parts/average-stars';
import { useCatalogue, useTags } from '../../queries/apis';
import { useSignUpSettings } from '../../queries/settings';
import type { ApiFound } from '../../types';

const pageSize = 24;
const defaults = { q: '', tag: '', page: '1' };

/** Every API that the reader may see, also for visitors. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { session } = useSession();
  const [{ q, tag, page }, change] = useUrlState(defaults);
  const number = Math.max(1, Math.trunc(Number(page)) || 1);
  const words = useSettled(q);
  const query = [words, tag === '' ? '' : `tag:"${tag}"`].filter((part) => part !== '').join(' ');
  const found = useCatalogue({ query, limit: pageSize, offset: (number - 1) * pageSize });
  return (
    <>
      <PageHeader title={t('apis.title')} about={t('apis.about')}>
        {session === null && <SignUpLink />}
      </PageHeader>
      <Stack>
        <SearchBox
          value={q}
          placeholder={t('apis.search')}
          onSearch={(words) => change({ q: words, page: '1' }, { replace: true })}
        />
        <Tags chosen={tag} onChoose={(next) => change({ tag: next, page: '1' })} />
        <Cards found={found} isFiltered={query !== ''} onAll={() => change(defaults)} />
        <Turning
          number={number}
          total={found.data?.pagination?.total ?? 0}
          onTurn={(to) => change({ page: `${to}` })}
        />
      </Stack>
    </>
  );
}

function SignUpLink(): ReactNode {
  const { t } = useTranslation();
  const settings = useSignUpSettings();
  if (settings.data?.enabled !== true) return null;
  return (
    <Button component={Link} to="/signup" variant="default">
      {t('signup.link')}
    </Button>
  );
}

function Tags({ chosen, onChoose }: { readonly chosen: string; readonly onChoose: (tag: string) => void }): ReactNode {
  const { t } = useTranslation();
  const tags = useTags();
  if ((tags.data?.list ?? []).length === 0) return null;
  return (
    <Group gap="xs" role="group" aria-label={t('apis.tags')}>
      {tags.data?.list.map(({ value, count }) => (
        <UnstyledButton
          key={value}
          className={toneClass(value === chosen ? 'info' : 'neutral')}
          mih={28}
          aria-pressed={value === chosen}
          onClick={() => onChoose(value === chosen ? '' : value)}
        >
          {value} · {formatNumber(count)}
        </UnstyledButton>
      ))}
    </Group>
  );
}

interface CardsProps {
  readonly found: ReturnType<typeof useCatalogue>;
  readonly isFiltered: boolean;
  readonly onAll: () => void;
}

function Cards({ found: { data, error, refetch }, isFiltered, onAll }: CardsProps): ReactNode {
  const { t } = useTranslation();
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  if (data.list.length === 0 && isFiltered)
    return (
      <EmptyState
        title={t('common.noMatch')}
        why={t('apis.noMatchWhy')}
        action={
          <Button variant="default" onClick={onAll}>
            {t('apis.showAll')}
          </Button>
        }
      />
    );
  if (data.list.length === 0) return <EmptyState title={t('apis.none')} why={t('apis.noneWhy')} />;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {data.list.map((api) => (
        <ApiCard key={api.id} api={api} />
      ))}
    </SimpleGrid>
  );
}

function ApiCard({ api }: { readonly api: ApiFound }): ReactNode {
  const { t } = useTranslation();
  return (
    <Paper component="li" className="tg-surface" p="md">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Anchor component={Link} to={`/apis/${api.id}/overview`} fw={600} size="lg">
            {api.name}
          </Anchor>
          {api.status !== 'PUBLISHED' && <StateBadge state={api.status} />}
        </Group>
        <Text size="sm" c="dimmed" className="tg-mono">
          {api.context} · {api.version}
        </Text>
        <Text size="sm" lineClamp={3}>
          {api.description === '' ? t('apis.noDescription') : api.description}
        </Text>
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {t('apis.by', { provider: api.provider })}
          </Text>
          <AverageStars average={api.avgRating} />
        </Group>
      </Stack>
    </Paper>
  );
}

interface TurningProps {
  readonly number: number;
  readonly total: number;
  readonly onTurn: (page: number) => void;
}

function Turning({ number, total, onTurn }: TurningProps): ReactNode {
  const { t } = useTranslation();
  if (total === 0) return null;
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed" role="status">
        {t('apis.total', { count: total, shown: formatNumber(total) })}
      </Text>
      {total > pageSize && (
        <Group gap="xs">
          <Button variant="default" size="xs" disabled={number <= 1} onClick={() => onTurn(number - 1)}>
            {t('common.previous')}
          </Button>
          <Button variant="default" size="xs" disabled={number * pageSize >= total} onClick={() => onTurn(number + 1)}>
            {t('common.next')}
          </Button>
        </Group>
      )}
    </Group>
  );
}
