import { Button, Text } from '@mantine/core';
import { ConfirmDanger, ErrorPanel, showDone, Waiting } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess, useSecondFactor } from '../../queries/users';

/** Whether the user has one; taken away from who lost it. */
export function SecondFactor({ userName }: { readonly userName: string }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useSecondFactor(userName);
  const { resetFactor } = useAccess(userName);
  const [asks, ask] = useState(false);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting lines={1} />;
  const done = (): void => {
    ask(false);
    showDone(t('user.factorTaken'));
  };
  return (
    <>
      <Text size="sm">{t(data.totp ? 'user.hasFactor' : data.required ? 'user.needsFactor' : 'user.noFactor')}</Text>
      {data.totp && (
        <Button w="fit-content" variant="default" onClick={() => ask(true)}>
          {t('user.takeFactor')}
        </Button>
      )}
      <ConfirmDanger
        opened={asks}
        onClose={() => ask(false)}
        title={t('user.takeFactor')}
        action={t('user.takeFactor')}
        busy={resetFactor.isPending}
        onConfirm={() => resetFactor.mutate(undefined, { onSuccess: done })}
      >
        {t('user.takeFactorWhat', { user: userName })}
      </ConfirmDanger>
    </>
  );
}
