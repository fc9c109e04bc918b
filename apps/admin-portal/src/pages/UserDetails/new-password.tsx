import { Button, Group, PasswordInput, Text } from '@mantine/core';
import { ProblemList, showDone } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useUserChanges, type User } from '../../queries/users';

/** Another password, for somebody who lost theirs and gets no mail. */
export function NewPassword({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation();
  const { setPassword } = useUserChanges();
  const [password, setValue] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setPassword.mutate(
      { id: user.id, password },
      {
        onSuccess: () => {
          setValue('');
          showDone(t('user.passwordSet'));
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('user.newPasswordWhat')}
      </Text>
      <Group align="flex-end">
        <PasswordInput
          label={t('user.password')}
          autoComplete="new-password"
          miw={280}
          value={password}
          onChange={(event) => setValue(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('user.showPassword') }}
        />
        <Button type="submit" variant="default" loading={setPassword.isPending} disabled={password === ''}>
          {t('user.setPassword')}
        </Button>
      </Group>
      <ProblemList error={setPassword.error} />
    </form>
  );
}
