import { Alert, Button, Group, Paper, Rating, Stack, Text, Title } from '@mantine/core';
import { Comments, ErrorPanel, showDone, useSession, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRating, useRatings } from '../../../queries/ratings';
import { rest } from '../../../rest';
import { useLoadedApi } from '../api-context';

/** How developers like the API, and what they and its makers say about it. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const api = useLoadedApi();
  const { session, can, signIn } = useSession();
  const mayWrite = can('apim:subscribe');
  const invitation =
    session === null ? (
      <Group>
        <Text size="sm">{t('ratings.members')}</Text>
        <Button size="sm" variant="default" onClick={signIn}>
          {t('visitor.signIn')}
        </Button>
      </Group>
    ) : (
      <Alert color="gray">{t('error.readOnly')}</Alert>
    );
  return (
    <Stack gap="lg">
      <RatingPanel apiId={api.id} mayRate={mayWrite} />
      <section aria-labelledby="comments">
        <Title order={2} size="h3" id="comments" mb="sm">
          {t('ratings.comments')}
        </Title>
        <Comments
          rest={rest}
          apiId={api.id}
          mayWrite={mayWrite}
          mayModerate={can('apim:admin')}
          invitation={invitation}
        />
      </section>
    </Stack>
  );
}

function RatingPanel({ apiId, mayRate }: { readonly apiId: string; readonly mayRate: boolean }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useRatings(apiId);
  const { rate, takeBack } = useRating(apiId);
  // The keyboard reaches no star at all, too.
  const choose = (stars: number): void =>
    stars === 0 ? takeBack.mutate() : rate.mutate(stars, { onSuccess: () => showDone(t('common.saved')) });
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting lines={2} />;
  const total = data.pagination?.total ?? 0;
  return (
    <Paper component="section" className="tg-surface" p="md" aria-labelledby="rating">
      <Title order={2} size="h3" id="rating" mb="sm">
        {t('ratings.title')}
      </Title>
      <Stack gap="xs">
        <Text role="status">
          {total === 0 ? t('ratings.none') : t('ratings.ofAll', { average: data.avgRating, count: total })}
        </Text>
        {mayRate && (
          <Group gap="sm">
            <Text size="sm" aria-hidden>
              {t('ratings.yours')}
            </Text>
            <Rating
              color="var(--tg-star)"
              size="lg"
              value={data.userRating}
              role="radiogroup"
              aria-label={t('ratings.yours')}
              getSymbolLabel={(stars) => t('ratings.stars', { count: stars })}
              onChange={choose}
            />
            {data.userRating > 0 && (
              <Button
                size="compact-sm"
                variant="default"
                loading={takeBack.isPending}
                onClick={() => takeBack.mutate()}
              >
                {t('ratings.takeBack')}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
