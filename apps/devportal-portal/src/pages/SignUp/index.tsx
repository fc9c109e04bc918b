import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { EmptyState, ErrorPanel, PageHeader, splitProblems, useSession, Waiting } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { FormProblem } from '../../parts/form-problem';
import { PasswordRules, usePasswordCheck } from '../../parts/password-rules';
import { useSignUp } from '../../queries/account';
import { useSignUpSettings } from '../../queries/settings';

const empty = { userName: '', email: '', givenName: '', familyName: '', password: '' };

/** Visitors make their own account, where the organization lets them. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const settings = useSignUpSettings();
  const { session } = useSession();
  if (settings.error) return <ErrorPanel error={settings.error} onRetry={() => void settings.refetch()} />;
  if (!settings.data) return <Waiting />;
  const catalogue = (
    <Button component={Link} to="/apis" variant="default">
      {t('signup.toApis')}
    </Button>
  );
  if (session !== null)
    return (
      <EmptyState title={t('signup.already', { user: session.user })} why={t('signup.alreadyWhy')} action={catalogue} />
    );
  if (!settings.data.enabled) return <EmptyState title={t('signup.off')} why={t('signup.offWhy')} action={catalogue} />;
  return (
    <>
      <PageHeader title={t('signup.title')} about={t('signup.about')} />
      <Form />
    </>
  );
}

function Form(): ReactNode {
  const { t } = useTranslation();
  const { signIn } = useSession();
  const [value, setValue] = useState(empty);
  const isGoodPassword = usePasswordCheck();
  const signUp = useSignUp();
  if (signUp.data)
    return signUp.data.isActive ? (
      <EmptyState
        title={t('signup.done')}
        why={t('signup.doneWhy', { user: value.userName })}
        action={<Button onClick={signIn}>{t('common.signIn')}</Button>}
      />
    ) : (
      <EmptyState title={t('signup.waits')} why={t('signup.waitsWhy')} />
    );
  const problems = signUp.error === null ? null : splitProblems(signUp.error, fieldOf);
  const field = (name: keyof typeof empty, autoComplete: string, isRequired = true) => ({
    label: t(`account.${name}`),
    name,
    autoComplete,
    required: isRequired,
    maxLength: 190,
    value: value[name],
    error: problems?.fields[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      const text = event.currentTarget.value;
      setValue((before) => ({ ...before, [name]: text }));
    },
  });
  const isComplete = value.userName.trim() !== '' && value.email.trim() !== '' && isGoodPassword(value.password);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signUp.mutate(value);
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={480}>
        <TextInput {...field('userName', 'username')} />
        <TextInput {...field('email', 'email')} type="email" />
        <TextInput {...field('givenName', 'given-name', false)} />
        <TextInput {...field('familyName', 'family-name', false)} />
        <PasswordInput
          {...field('password', 'new-password')}
          visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }}
        />
        <PasswordRules password={value.password} />
        {problems !== null && problems.rest !== null && <FormProblem error={signUp.error} />}
        <Group>
          <Button type="submit" loading={signUp.isPending} disabled={!isComplete}>
            {t('signup.action')}
          </Button>
          <Text size="sm" c="dimmed">
            {t('signup.have')}
          </Text>
          <Button variant="subtle" onClick={signIn}>
            {t('common.signIn')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The form's field of a field of the body. */
function fieldOf(path: string): keyof typeof empty | undefined {
  if (path.startsWith('emails')) return 'email';
  const last = path.replace(/^name\./, '');
  return last in empty ? (last as keyof typeof empty) : undefined;
}
