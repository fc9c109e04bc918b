import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RestError } from '../rest/rest-error';

/** What an error says to a person: the server's words, or ours when no answer came. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof RestError)) return error instanceof Error ? error.message : String(error);
    return error.status === 0 ? t('error.noAnswer') : error.message;
  };
}

/** A failed load: what failed, why, and another try. A missing right is no failure: the contracts answer it with 401 or 403. */
export function ErrorPanel({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }): ReactNode {
  const { t } = useTranslation();
  const text = useErrorText();
  const rest = error instanceof RestError ? error : null;
  if (rest?.status === 404) return <EmptyState title={t('error.notFound')} why={t('error.notFoundWhy')} />;
  const noRight = rest?.status === 401 || rest?.status === 403;
  return (
    <Alert
      role="alert"
      color={noRight ? 'gray' : 'danger'}
      variant="light"
      icon={noRight ? <IconLock aria-hidden /> : <IconAlertTriangle aria-hidden />}
      title={noRight ? t('error.noRight') : t('error.title')}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{text(error)}</Text>
        {noRight && <Text size="sm">{t('error.noRightWhy')}</Text>}
        {rest !== null && rest.correlationId !== '' && (
          <Text size="xs" className="tg-mono">
            {t('common.correlationId', { id: rest.correlationId })}
          </Text>
        )}
        {onRetry && !noRight && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

interface EmptyStateProps {
  readonly title: string;
  readonly why: string;
  readonly action?: ReactNode;
}

/** Nothing here: what it would be, why it is not, and the way on. */
export function EmptyState({ title, why, action }: EmptyStateProps): ReactNode {
  return (
    <Stack align="center" gap="sm" py={48} px="md" className="tg-surface">
      <Title order={2} size="h3">
        {title}
      </Title>
      <Text c="dimmed" ta="center" maw={520}>
        {why}
      </Text>
      {action}
    </Stack>
  );
}

/** The shape of what is coming. */
export function Waiting({ lines = 6 }: { readonly lines?: number }): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={line === 0 ? 28 : 20} width={line === 0 ? '40%' : '100%'} />
      ))}
    </Stack>
  );
}
