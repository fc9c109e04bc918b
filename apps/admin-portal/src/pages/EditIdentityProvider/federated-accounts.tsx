import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { ErrorPanel, formatTime, ProblemList, showDone, Waiting } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PlainTable } from '../../parts/plain-table';
import { RemoveButton } from '../../parts/remove-button';
import { useFederatedAccountChanges, useFederatedAccounts } from '../../queries/identity-providers';

/** Whose accounts people of the provider use, and a form for one more. */
export function FederatedAccounts({ provider }: { readonly provider: string }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useFederatedAccounts(provider);
  const { unlink } = useFederatedAccountChanges(provider);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting lines={2} />;
  return (
    <Stack gap="sm">
      <Title order={2} size="h3">
        {t('identityProvider.links')}
      </Title>
      <Text size="sm">{t('identityProvider.linksHelp')}</Text>
      {data.list.length > 0 && (
        <PlainTable
          label={t('identityProvider.links')}
          headers={[
            t('identityProvider.subject'),
            t('identityProvider.userName'),
            t('identityProvider.lastUsed'),
            t('common.actions'),
          ]}
          rows={data.list.map(({ id, subject, userName, lastUsedAt }) => ({
            key: id,
            cells: [
              <span className="tg-mono" key="subject">
                {subject}
              </span>,
              userName,
              lastUsedAt === null ? '–' : formatTime(lastUsedAt),
              <RemoveButton
                key="remove"
                id={id}
                name={subject}
                what={t('identityProvider.unlinkWhat')}
                remove={unlink}
              />,
            ],
          }))}
        />
      )}
      <LinkForm provider={provider} />
    </Stack>
  );
}

function LinkForm({ provider }: { readonly provider: string }): ReactNode {
  const { t } = useTranslation();
  const [subject, setSubject] = useState('');
  const [userName, setUserName] = useState('');
  const { link } = useFederatedAccountChanges(provider);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    link.mutate(
      { subject: subject.trim(), userName: userName.trim() },
      {
        onSuccess: () => {
          showDone(t('common.saved'));
          setSubject('');
          setUserName('');
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs">
        <TextInput
          label={t('identityProvider.subject')}
          required
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
        <TextInput
          label={t('identityProvider.userName')}
          required
          value={userName}
          onChange={(event) => setUserName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={link.isPending}>
          {t('identityProvider.link')}
        </Button>
      </Group>
      <ProblemList error={link.error} />
    </form>
  );
}
