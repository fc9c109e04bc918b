import { List, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSignUpSettings } from '../queries/settings';

/** True when the password is as long as this installation asks. */
export function usePasswordCheck(): (password: string) => boolean {
  const { data } = useSignUpSettings();
  return (password) =>
    data !== undefined &&
    password.length >= data.passwordPolicyMinLength &&
    password.length <= data.passwordPolicyMaxLength;
}

/** What a new password needs, and whether it has it, while it is typed. */
export function PasswordRules({ password }: { readonly password: string }): ReactNode {
  const { t } = useTranslation();
  const { data } = useSignUpSettings();
  const check = usePasswordCheck();
  if (!data) return null;
  const fits = check(password);
  const Picture = fits ? IconCircleCheck : IconCircleDashed;
  return (
    <List listStyleType="none" size="sm" icon={<Picture size={18} aria-hidden />}>
      <List.Item>
        <Text size="sm">
          {t('password.length', { min: data.passwordPolicyMinLength, max: data.passwordPolicyMaxLength })}:{' '}
          {t(fits ? 'password.fits' : 'password.notYet')}
        </Text>
      </List.Item>
    </List>
  );
}
