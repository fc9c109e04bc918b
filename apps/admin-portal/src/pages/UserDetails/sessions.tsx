import { Button, Text } from '@mantine/core';
import { ErrorPanel, formatTime, showDone, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PlainTable } from '../../parts/plain-table';
import { useAccess, useUserSessions } from '../../queries/users';

/** Where the user is signed in, and the way to end it. */
export function Sessions({ userName }: { readonly userName: string }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useUserSessions(userName);
  const { end } = useAccess(userName);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting lines={2} />;
  if (data.list.length === 0) return <Text size="sm">{t('user.noSessions')}</Text>;
  const endOne = (id: string | null): void => end.mutate(id, { onSuccess: () => showDone(t('user.ended')) });
  return (
    <>
      <PlainTable
        label={t('user.sessions')}
        headers={[t('user.browser'), t('audit.address'), t('user.signedIn'), t('user.lastUsed'), t('common.actions')]}
        rows={data.list.map(({ id, userAgent, address, signedInAt, lastUsedAt }) => ({
          key: id,
          cells: [
            userAgent,
            address,
            formatTime(signedInAt),
            formatTime(lastUsedAt),
            <Button
              key="end"
              size="compact-sm"
              variant="default"
              aria-label={`${t('user.end')}: ${address}, ${formatTime(signedInAt)}`}
              disabled={end.isPending}
              onClick={() => endOne(id)}
            >
              {t('user.end')}
            </Button>,
          ],
        }))}
      />
      <Button w="fit-content" variant="default" loading={end.isPending} onClick={() => endOne(null)}>
        {t('user.endAll')}
      </Button>
    </>
  );
}
