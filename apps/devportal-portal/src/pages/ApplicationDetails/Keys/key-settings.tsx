import { Checkbox, Stack, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeySettings } from '../../../queries/keys';

interface KeySettingsFormProps {
  /** Grants that the key manager knows. */
  readonly grants: readonly string[];
  readonly value: KeySettings;
  readonly onChange: (value: KeySettings) => void;
}

const withRedirect = ['authorization_code', 'implicit'];

/** True when one of the grants sends the browser back to the application (RFC 6749 section 3.1.2). */
export function needsCallback({ grants }: KeySettings): boolean {
  return grants.some((grant) => withRedirect.includes(grant));
}

/** How the application may get tokens, and where browsers come back to. */
export function KeySettingsForm({ grants, value, onChange }: KeySettingsFormProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack>
      <Checkbox.Group
        label={t('keys.grants')}
        description={t('keys.grantsHelp')}
        value={[...value.grants]}
        onChange={(chosen) => onChange({ ...value, grants: chosen })}
      >
        <Stack gap="xs" mt={4}>
          {grants.map((grant) => (
            <Checkbox key={grant} value={grant} label={t(`keys.grant.${grant.replaceAll(/[:.]/g, '_')}`, grant)} />
          ))}
        </Stack>
      </Checkbox.Group>
      <TextInput
        label={t('keys.callback')}
        description={t('keys.callbackHelp')}
        required={needsCallback(value)}
        type="url"
        value={value.callbackUrl}
        onChange={(event) => onChange({ ...value, callbackUrl: event.currentTarget.value })}
      />
    </Stack>
  );
}
