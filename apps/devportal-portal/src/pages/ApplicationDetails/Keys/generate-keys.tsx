import { Button, Group, Stack, Text } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblem } from '../../../parts/form-problem';
import { useKeyChanges } from '../../../queries/keys';
import type { KeyManager, KeyType } from '../../../types';
import { KeySettingsForm, needsCallback } from './key-settings';
import { keepSecret } from '../../../parts/shown-secrets';

interface GenerateKeysProps {
  readonly applicationId: string;
  readonly keyType: KeyType;
  readonly manager: KeyManager;
}

/** Makes the OAuth client; its secret is shown once, on the page that follows. */
export function GenerateKeys({ applicationId, keyType, manager }: GenerateKeysProps): ReactNode {
  const { t } = useTranslation();
  const known = manager.availableGrantTypes;
  const preset = ['client_credentials', 'refresh_token'].filter((grant) => known.includes(grant));
  const [value, change] = useState({ grants: preset, callbackUrl: '' } as {
    grants: readonly string[];
    callbackUrl: string;
  });
  const { generate } = useKeyChanges(applicationId);
  if (!manager.enableOAuthAppCreation) return <Text size="sm">{t('keys.notHere')}</Text>;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    generate.mutate(
      { keyType, keyManager: manager.name, ...value },
      {
        onSuccess: ({ keyMappingId, consumerSecret }) => {
          if (keyMappingId !== undefined && consumerSecret !== undefined) keepSecret(keyMappingId, consumerSecret);
        },
      },
    );
  };
  const isComplete = value.grants.length > 0 && (!needsCallback(value) || value.callbackUrl.trim() !== '');
  return (
    <form onSubmit={submit}>
      <Stack maw={560}>
        <KeySettingsForm grants={known} value={value} onChange={change} />
        <FormProblem error={generate.error} />
        <Group>
          <Button type="submit" loading={generate.isPending} disabled={!isComplete}>
            {t('keys.generate')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
