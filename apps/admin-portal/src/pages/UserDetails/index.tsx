import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { ErrorPanel, Facts, PageHeader, showDone, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { RemoveButton } from '../../parts/remove-button';
import { mailOf, stateOf, useUser, useUserChanges, type User } from '../../queries/users';
import { NewPassword } from './new-password';
import { Roles } from './roles';
import { SecondFactor } from './second-factor';
import { Sessions } from './sessions';

/** One person: what they may do, how they sign in, and where they are signed in. */
export function Component(): ReactNode {
  const { userId = '' } = useParams();
  const { data, error, refetch } = useUser(userId);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return <Details key={userId} user={data} />;
}

function Details({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { remove } = useUserChanges();
  const { name } = user;
  const leaving = {
    isPending: remove.isPending,
    mutate: (id: string, { onSuccess }: { readonly onSuccess: () => void }) =>
      remove.mutate(id, {
        onSuccess: () => {
          onSuccess();
          void navigate('/users');
        },
      }),
  };
  return (
    <>
      <PageHeader title={user.userName} about={t('user.pageAbout')}>
        <RemoveButton id={user.id} name={user.userName} what={t('user.deleteWhat')} remove={leaving} />
      </PageHeader>
      <Stack gap="lg" maw={960}>
        <Panel title={t('user.account')}>
          <Facts
            rows={[
              [t('user.email'), mailOf(user) || t('common.none')],
              [t('user.givenName'), name?.givenName ?? t('common.none')],
              [t('user.familyName'), name?.familyName ?? t('common.none')],
              [t('topology.state'), t(`user.states.${stateOf(user)}`)],
            ]}
          />
          <Lock user={user} />
        </Panel>
        <Panel title={t('user.roles')}>
          <Roles user={user} />
        </Panel>
        <Panel title={t('user.newPassword')}>
          <NewPassword user={user} />
        </Panel>
        <Panel title={t('user.secondFactor')}>
          <SecondFactor userName={user.userName} />
        </Panel>
        <Panel title={t('user.sessions')}>
          <Sessions userName={user.userName} />
        </Panel>
      </Stack>
    </>
  );
}

function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <Paper component="section" className="tg-surface" p="md" aria-label={title}>
      <Title order={2} size="h3" mb="sm">
        {title}
      </Title>
      <Stack gap="sm">{children}</Stack>
    </Paper>
  );
}

/** Somebody who waits for approval is decided about under the tasks. */
function Lock({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation();
  const { setLocked } = useUserChanges();
  const state = stateOf(user);
  if (state !== 'ACTIVE' && state !== 'LOCKED') return null;
  const locked = state === 'ACTIVE';
  return (
    <Group>
      <Button
        variant="default"
        loading={setLocked.isPending}
        onClick={() => setLocked.mutate({ id: user.id, locked }, { onSuccess: () => showDone(t('common.saved')) })}
      >
        {t(locked ? 'user.lock' : 'user.unlock')}
      </Button>
      <Text size="sm" c="dimmed">
        {t(locked ? 'user.lockWhat' : 'user.unlockWhat')}
      </Text>
    </Group>
  );
}
