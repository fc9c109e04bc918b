import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { ConfirmDanger, CopyText, showDone } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblem } from '../../../parts/form-problem';
import { useKeyChanges, type KeySettings } from '../../../queries/keys';
import type { KeyManager, OAuthKeys } from '../../../types';
import { KeySettingsForm, needsCallback } from './key-settings';
import { hideSecret, keepSecret, useSecret } from '../../../parts/shown-secrets';
import { TestToken } from './test-token';

interface PresentKeysProps {
  readonly applicationId: string;
  /** Of the mapping. */
  readonly id: string;
  readonly keys: OAuthKeys;
  readonly manager: KeyManager;
}

/** The client's key and secret, how to get a token with them, and its settings. */
export function PresentKeys({ applicationId, id, keys, manager }: PresentKeysProps): ReactNode {
  return (
    <Stack gap="lg">
      <Credentials applicationId={applicationId} id={id} keys={keys} />
      <TokenCommand keys={keys} manager={manager} id={id} />
      {manager.enableTokenGeneration && keys.supportedGrantTypes.includes('client_credentials') && (
        <TestToken applicationId={applicationId} id={id} />
      )}
      <Settings applicationId={applicationId} id={id} keys={keys} manager={manager} />
      <Removal applicationId={applicationId} id={id} />
    </Stack>
  );
}

type OfKeys = Pick<PresentKeysProps, 'applicationId' | 'id'>;

function Credentials({ applicationId, id, keys }: OfKeys & { readonly keys: OAuthKeys }): ReactNode {
  const { t } = useTranslation();
  const secret = useSecret(id);
  const [asks, ask] = useState(false);
  const { regenerate } = useKeyChanges(applicationId);
  const confirm = (): void =>
    regenerate.mutate(id, {
      onSuccess: ({ consumerSecret }) => {
        keepSecret(id, consumerSecret);
        ask(false);
      },
    });
  return (
    <Paper className="tg-surface" p="md">
      <Stack gap="sm">
        <Title order={2} size="h3">
          {t('keys.credentials')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('keys.consumerKey')}
        </Text>
        <CopyText text={keys.consumerKey ?? ''} label={t('keys.consumerKey')} />
        <Text size="sm" c="dimmed">
          {t('keys.consumerSecret')}
        </Text>
        {secret === undefined ? (
          <Text size="sm">{t('keys.secretHidden')}</Text>
        ) : (
          <Alert color="yellow" title={t('keys.secretOnce')}>
            <Stack gap="xs" align="flex-start">
              <CopyText text={secret} label={t('keys.consumerSecret')} />
              <Button size="xs" variant="default" onClick={() => hideSecret(id)}>
                {t('keys.secretKept')}
              </Button>
            </Stack>
          </Alert>
        )}
        <Group>
          <Button variant="default" onClick={() => ask(true)}>
            {t('keys.regenerate')}
          </Button>
        </Group>
      </Stack>
      <ConfirmDanger
        opened={asks}
        onClose={() => ask(false)}
        title={t('keys.regenerate')}
        action={t('keys.regenerate')}
        busy={regenerate.isPending}
        onConfirm={confirm}
      >
        {t('keys.regenerateWhat')}
      </ConfirmDanger>
    </Paper>
  );
}

interface TokenCommandProps {
  readonly id: string;
  readonly keys: OAuthKeys;
  readonly manager: KeyManager;
}

function TokenCommand({ id, keys, manager }: TokenCommandProps): ReactNode {
  const { t } = useTranslation();
  const secret = useSecret(id);
  const command = (shown: string): string =>
    `curl -k -X POST '${manager.tokenEndpoint}' -u '${keys.consumerKey}:${shown}' -d 'grant_type=client_credentials'`;
  return (
    <Stack gap="xs">
      <Title order={2} size="h3">
        {t('keys.tokenCommand')}
      </Title>
      <CopyText
        block
        label="curl"
        text={command(secret ?? t('keys.yourSecret'))}
        shown={command(secret === undefined ? t('keys.yourSecret') : '…')}
      />
    </Stack>
  );
}

type SettingsProps = OfKeys & { readonly keys: OAuthKeys; readonly manager: KeyManager };

function Settings({ applicationId, id, keys, manager }: SettingsProps): ReactNode {
  const { t } = useTranslation();
  const [value, change] = useState<KeySettings>({
    grants: keys.supportedGrantTypes,
    callbackUrl: keys.callbackUrl,
  });
  const { update } = useKeyChanges(applicationId);
  const isComplete = value.grants.length > 0 && (!needsCallback(value) || value.callbackUrl.trim() !== '');
  return (
    <Paper className="tg-surface" p="md">
      <Stack maw={560}>
        <Title order={2} size="h3">
          {t('keys.settings')}
        </Title>
        <KeySettingsForm grants={manager.availableGrantTypes} value={value} onChange={change} />
        <FormProblem error={update.error} />
        <Group>
          <Button
            loading={update.isPending}
            disabled={!isComplete}
            onClick={() => update.mutate({ id, ...value }, { onSuccess: () => showDone(t('common.saved')) })}
          >
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function Removal({ applicationId, id }: OfKeys): ReactNode {
  const { t } = useTranslation();
  const [asks, ask] = useState(false);
  const { remove } = useKeyChanges(applicationId);
  return (
    <Group>
      <Button variant="default" onClick={() => ask(true)}>
        {t('keys.remove')}
      </Button>
      <ConfirmDanger
        opened={asks}
        onClose={() => ask(false)}
        title={t('keys.remove')}
        action={t('keys.remove')}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(id, { onSuccess: () => ask(false) })}
      >
        {t('keys.removeWhat')}
      </ConfirmDanger>
    </Group>
  );
}
