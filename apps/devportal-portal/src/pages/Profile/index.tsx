import { Button, Group, Paper, PasswordInput, Stack, Title } from '@mantine/core';
import { Facts, PageHeader, showDone, splitProblems, useSession } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblem } from '../../parts/form-problem';
import { MembersOnly } from '../../parts/members-only';
import { PasswordRules, usePasswordCheck } from '../../parts/password-rules';
import { useChangePassword } from '../../queries/account';

/** Who the reader is here, and the own password. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { session } = useSession();
  return (
    <>
      <PageHeader title={t('profile.title')} />
      <MembersOnly why={t('profile.visitorWhy')}>
        <Stack gap="lg">
          <Facts
            rows={[
              [t('account.userName'), session?.user ?? ''],
              [t('profile.organization'), session?.organization ?? ''],
            ]}
          />
          <ChangePassword />
        </Stack>
      </MembersOnly>
    </>
  );
}

const empty = { currentPassword: '', newPassword: '' };

function ChangePassword(): ReactNode {
  const { t } = useTranslation();
  const [value, setValue] = useState(empty);
  const isGoodPassword = usePasswordCheck();
  const change = useChangePassword();
  const problems =
    change.error === null ? null : splitProblems(change.error, (path) => (path in empty ? path : undefined));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate(value, {
      onSuccess: () => {
        setValue(empty);
        showDone(t('profile.changed'));
      },
    });
  };
  const field = (name: keyof typeof empty, autoComplete: string) => ({
    label: t(`profile.${name}`),
    autoComplete,
    required: true,
    value: value[name],
    error: problems?.fields[name],
    visibilityToggleButtonProps: { 'aria-label': t('account.showPassword') },
    onChange: (event: { currentTarget: { value: string } }) => {
      const text = event.currentTarget.value;
      setValue((before) => ({ ...before, [name]: text }));
    },
  });
  return (
    <Paper className="tg-surface" p="md">
      <form onSubmit={submit}>
        <Stack maw={480}>
          <Title order={2} size="h3">
            {t('profile.password')}
          </Title>
          <PasswordInput {...field('currentPassword', 'current-password')} />
          <PasswordInput {...field('newPassword', 'new-password')} />
          <PasswordRules password={value.newPassword} />
          {problems !== null && problems.rest !== null && <FormProblem error={change.error} />}
          <Group>
            <Button
              type="submit"
              loading={change.isPending}
              disabled={value.currentPassword === '' || !isGoodPassword(value.newPassword)}
            >
              {t('profile.change')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
