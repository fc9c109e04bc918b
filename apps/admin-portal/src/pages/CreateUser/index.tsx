import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { PageHeader, ProblemList, showDone } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useUserChanges, type UserInput } from '../../queries/users';

const empty: UserInput = { userName: '', email: '', givenName: '', familyName: '', password: '' };

/** A new person; roles are given on the page that follows. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [value, setValue] = useState(empty);
  const { create } = useUserChanges();
  const field = (name: keyof UserInput, isRequired: boolean) => ({
    label: t(`user.${name === 'userName' ? 'name' : name}`),
    required: isRequired,
    maxLength: 255,
    autoComplete: 'off',
    value: value[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const text = event.currentTarget.value;
      setValue((before) => ({ ...before, [name]: text }));
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate(value, {
      onSuccess: ({ id, userName }) => {
        showDone(t('done.created', { name: userName }));
        void navigate(`/users/${id}`);
      },
    });
  };
  return (
    <>
      <PageHeader title={t('user.create')} about={t('user.createAbout')} />
      <form onSubmit={submit}>
        <Stack maw={480}>
          <TextInput {...field('userName', true)} description={t('user.nameHelp')} />
          <TextInput {...field('email', false)} type="email" description={t('user.emailHelp')} />
          <TextInput {...field('givenName', false)} />
          <TextInput {...field('familyName', false)} />
          <PasswordInput
            {...field('password', true)}
            autoComplete="new-password"
            description={t('user.passwordHelp')}
            visibilityToggleButtonProps={{ 'aria-label': t('user.showPassword') }}
          />
          <ProblemList error={create.error} />
          <Group>
            <Button
              type="submit"
              loading={create.isPending}
              disabled={value.userName.trim() === '' || value.password === ''}
            >
              {t('user.create')}
            </Button>
            <Button component={Link} to="/users" variant="default">
              {t('common.cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  );
}
