import { Checkbox, NativeSelect, Stack, TagsInput, Textarea, TextInput, Title } from '@mantine/core';
import { splitProblems } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyManagerInput } from '../queries/key-managers';
import { tokenTypes } from '../types';

const endpoints = [
  'tokenEndpoint',
  'authorizeEndpoint',
  'introspectionEndpoint',
  'revokeEndpoint',
  'userInfoEndpoint',
  'clientRegistrationEndpoint',
] as const;
const switches = ['enabled', 'enableOAuthAppCreation', 'enableMapOAuthConsumerApps', 'enableTokenGeneration'] as const;

interface KeyManagerFormProps {
  readonly value: KeyManagerInput;
  readonly onChange: (more: Partial<KeyManagerInput>) => void;
  readonly error: unknown;
}

/** Who issues tokens, how they are verified, and what may be done there. */
export function KeyManagerForm({ value, onChange, error }: KeyManagerFormProps): ReactNode {
  const { t } = useTranslation();
  const problems = error === null ? {} : splitProblems(error, (path) => path).fields;
  const text = (
    field: 'name' | 'displayName' | 'issuer' | 'consumerKeyClaim' | 'scopesClaim' | (typeof endpoints)[number],
    isRequired = false,
  ): ReactNode => (
    <TextInput
      key={field}
      label={t(`keyManager.field.${field}`)}
      required={isRequired}
      value={value[field]}
      error={problems[field]}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <Stack>
      {text('name', true)}
      {text('displayName')}
      <Textarea
        label={t('common.description')}
        description={t('common.optional')}
        maxLength={256}
        rows={2}
        value={value.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <Title order={2} size="h3">
        {t('keyManager.tokens')}
      </Title>
      {text('issuer', true)}
      <NativeSelect
        label={t('keyManager.field.certificates')}
        data={[
          { value: 'JWKS', label: t('keyManager.jwks') },
          { value: 'PEM', label: t('keyManager.pem') },
        ]}
        value={value.certificates.type}
        onChange={(event) =>
          onChange({ certificates: { ...value.certificates, type: event.currentTarget.value as 'JWKS' | 'PEM' } })
        }
      />
      <Textarea
        label={t(value.certificates.type === 'JWKS' ? 'keyManager.jwks' : 'keyManager.pem')}
        required
        rows={value.certificates.type === 'JWKS' ? 1 : 8}
        classNames={{ input: 'tg-mono' }}
        value={value.certificates.value}
        error={problems['certificates.value']}
        onChange={(event) => onChange({ certificates: { ...value.certificates, value: event.currentTarget.value } })}
      />
      {text('consumerKeyClaim')}
      {text('scopesClaim')}
      <NativeSelect
        label={t('keyManager.field.tokenType')}
        data={tokenTypes.map((type) => ({ value: type, label: t(`keyManager.tokenTypes.${type}`) }))}
        value={value.tokenType}
        onChange={(event) => onChange({ tokenType: event.currentTarget.value })}
      />
      <Title order={2} size="h3">
        {t('keyManager.endpoints')}
      </Title>
      {endpoints.map((endpoint) => text(endpoint))}
      <TagsInput
        label={t('keyManager.field.availableGrantTypes')}
        value={[...value.availableGrantTypes]}
        onChange={(availableGrantTypes) => onChange({ availableGrantTypes })}
      />
      {switches.map((field) => (
        <Checkbox
          key={field}
          label={t(`keyManager.field.${field}`)}
          checked={value[field]}
          onChange={(event) => onChange({ [field]: event.currentTarget.checked })}
        />
      ))}
    </Stack>
  );
}

export const newKeyManager: KeyManagerInput = {
  name: '',
  displayName: '',
  type: 'oidc',
  description: '',
  enabled: true,
  tokenType: 'DIRECT',
  wellKnownEndpoint: '',
  issuer: '',
  tokenEndpoint: '',
  authorizeEndpoint: '',
  introspectionEndpoint: '',
  clientRegistrationEndpoint: '',
  revokeEndpoint: '',
  userInfoEndpoint: '',
  certificates: { type: 'JWKS', value: '' },
  availableGrantTypes: [],
  consumerKeyClaim: 'azp',
  scopesClaim: 'scope',
  enableOAuthAppCreation: false,
  enableMapOAuthConsumerApps: true,
  enableTokenGeneration: true,
};
