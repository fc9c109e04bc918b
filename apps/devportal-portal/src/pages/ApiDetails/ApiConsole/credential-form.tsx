import { Alert, Button, PasswordInput, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { formatTime } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { keyTypes, type Api, type KeyType } from '../../../types';
import type { Credential, CredentialKind } from './use-credential';

interface CredentialFormProps {
  readonly api: Api;
  readonly credential: Credential;
}

/** As whom the call is made. */
export function CredentialForm({ api, credential }: CredentialFormProps): ReactNode {
  const { t } = useTranslation();
  const kinds: CredentialKind[] = [
    'application',
    'token',
    ...(api.securityScheme.includes('api_key') ? ['apiKey' as const] : []),
    'none',
  ];
  return (
    <Stack gap="sm">
      <Select
        label={t('console.credential')}
        data={kinds.map((kind) => ({ value: kind, label: t(`console.kind.${kind}`) }))}
        allowDeselect={false}
        value={credential.kind}
        onChange={(kind) => kind !== null && credential.setKind(kind as CredentialKind)}
      />
      {credential.kind === 'application' && <OfApplication api={api} credential={credential} />}
      {(credential.kind === 'apiKey' || credential.kind === 'token') && (
        <SecretField
          label={t(`console.pasted.${credential.kind}`)}
          value={credential.pasted}
          onChange={credential.paste}
        />
      )}
    </Stack>
  );
}

function OfApplication({ api, credential }: CredentialFormProps): ReactNode {
  const { t } = useTranslation();
  const { subscriptions, subscription, keys, keyType } = credential;
  if (subscriptions === undefined) return null;
  if (subscription === undefined)
    return (
      <Alert color="yellow">
        <WayOn why={t('console.notSubscribed')} to={`/apis/${api.id}/credentials`} action={t('api.getKey')} />
      </Alert>
    );
  return (
    <>
      <Select
        label={t('application.one')}
        data={subscriptions.map((each) => ({ value: each.applicationId, label: each.applicationInfo.name }))}
        searchable
        allowDeselect={false}
        value={subscription.applicationId}
        onChange={(id) => id !== null && credential.choose(id)}
      />
      <SegmentedControl
        aria-label={t('console.keyType')}
        data={keyTypes.map((value) => ({ value, label: t(`console.keys.${value}`) }))}
        value={keyType}
        onChange={(value) => credential.setKeyType(value as KeyType)}
      />
      {keys === null && (
        <Alert color="yellow">
          <WayOn
            why={t('console.noKeys')}
            to={`/applications/${subscription.applicationId}/${keyType === 'PRODUCTION' ? 'productionkeys' : 'sandboxkeys'}`}
            action={t('keys.generate')}
          />
        </Alert>
      )}
      {keys && <OfKeys credential={credential} plan={subscription.throttlingPolicy} />}
    </>
  );
}

/** What is missing, and where it is made. */
function WayOn({ why, to, action }: { readonly why: string; readonly to: string; readonly action: string }): ReactNode {
  return (
    <Stack gap="xs" align="flex-start">
      {why}
      <Button component={Link} to={to} size="xs" variant="default">
        {action}
      </Button>
    </Stack>
  );
}

function OfKeys({ credential, plan }: { readonly credential: Credential; readonly plan: string }): ReactNode {
  const { t } = useTranslation();
  const { asksSecret, typed, type, validUntilMs } = credential;
  return (
    <>
      {asksSecret && (
        <SecretField
          label={t('keys.consumerSecret')}
          description={t('console.secretWhy')}
          value={typed}
          onChange={type}
        />
      )}
      <Text size="sm" c="dimmed" role="status">
        {validUntilMs === undefined
          ? t('console.tokenComes', { plan })
          : t('console.tokenUntil', { plan, time: formatTime(validUntilMs) })}
      </Text>
    </>
  );
}

interface SecretFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function SecretField({ label, description, value, onChange }: SecretFieldProps): ReactNode {
  const { t } = useTranslation();
  return (
    <PasswordInput
      label={label}
      description={description}
      autoComplete="off"
      visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
