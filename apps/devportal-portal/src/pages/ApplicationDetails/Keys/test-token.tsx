import { Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { CopyText, formatNumber } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblem } from '../../../parts/form-problem';
import { useTestToken } from '../../../queries/keys';
import { useSecret } from '../../../parts/shown-secrets';

/** An access token of the application itself, made with its secret: the one shown above, else the one typed here. */
export function TestToken({ applicationId, id }: { readonly applicationId: string; readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const shown = useSecret(id);
  const [typed, type] = useState('');
  const secret = shown ?? typed;
  const token = useTestToken(applicationId);
  return (
    <Paper className="tg-surface" p="md">
      <Stack gap="sm">
        <Title order={2} size="h3">
          {t('keys.testToken')}
        </Title>
        <Text size="sm">{t('keys.testTokenAbout')}</Text>
        {shown === undefined && (
          <PasswordInput
            label={t('keys.consumerSecret')}
            maw={420}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }}
            value={typed}
            onChange={(event) => type(event.currentTarget.value)}
          />
        )}
        <Group>
          <Button
            variant="default"
            loading={token.isPending}
            disabled={secret === ''}
            onClick={() => token.mutate({ id, consumerSecret: secret })}
          >
            {t('keys.makeToken')}
          </Button>
        </Group>
        <FormProblem error={token.error} />
        {token.data && (
          <>
            <CopyText
              label={t('keys.testToken')}
              text={token.data.accessToken}
              shown={`${token.data.accessToken.slice(0, 32)}…`}
            />
            <Text size="sm" c="dimmed">
              {t('keys.validFor', { seconds: formatNumber(token.data.validityTime) })}
            </Text>
          </>
        )}
      </Stack>
    </Paper>
  );
}
