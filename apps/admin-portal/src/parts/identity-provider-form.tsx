import { Checkbox, PasswordInput, Stack, TagsInput, TextInput, Title } from '@mantine/core';
import { splitProblems } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { IdentityProviderInput } from '../queries/identity-providers';
import { RoleChoice } from './role-choice';
import { RoleMappings } from './role-mappings';

type TextField =
  | 'displayName'
  | 'issuer'
  | 'wellKnownEndpoint'
  | 'clientId'
  | 'userNameClaim'
  | 'emailClaim'
  | 'groupsClaim';

interface IdentityProviderFormProps {
  readonly value: IdentityProviderInput;
  readonly onChange: (more: Partial<IdentityProviderInput>) => void;
  readonly error: unknown;
  /** Name and issuer can still be chosen. */
  readonly isNew: boolean;
}

/** Where people sign in, and what their accounts become from it. */
export function IdentityProviderForm({ value, onChange, error, isNew }: IdentityProviderFormProps): ReactNode {
  const { t } = useTranslation();
  const problems = error === null ? {} : splitProblems(error, (path) => path).fields;
  const text = (field: TextField, more: { required?: boolean; readOnly?: boolean; description?: string } = {}) => (
    <TextInput
      label={t(`identityProvider.field.${field}`)}
      {...more}
      value={value[field]}
      error={problems[field]}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <Stack>
      <TextInput
        label={t('identityProvider.field.name')}
        description={t('identityProvider.nameHelp')}
        required
        readOnly={!isNew}
        value={value.name}
        error={problems['name']}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      {text('displayName', { description: t('identityProvider.displayNameHelp') })}
      {text('issuer', { required: true, readOnly: !isNew, description: t('identityProvider.issuerHelp') })}
      {text('wellKnownEndpoint', { description: t('identityProvider.wellKnownHelp') })}
      {text('clientId', { required: true })}
      <PasswordInput
        label={t('identityProvider.field.clientSecret')}
        description={t('identityProvider.secretHelp')}
        autoComplete="off"
        value={value.clientSecret}
        error={problems['clientSecret']}
        onChange={(event) => onChange({ clientSecret: event.currentTarget.value })}
      />
      <TagsInput
        label={t('identityProvider.field.scopes')}
        value={[...value.scopes]}
        onChange={(scopes) => onChange({ scopes })}
      />
      <Title order={2} size="h3">
        {t('identityProvider.accounts')}
      </Title>
      <Checkbox
        label={t('identityProvider.field.createsUsers')}
        description={t('identityProvider.createsUsersHelp')}
        checked={value.createsUsers}
        onChange={(event) => onChange({ createsUsers: event.currentTarget.checked })}
      />
      {value.createsUsers && (
        <RoleChoice
          label={t('identityProvider.field.newUserRoles')}
          value={value.newUserRoles}
          onChange={(newUserRoles) => onChange({ newUserRoles })}
        />
      )}
      {text('userNameClaim', { required: true })}
      {text('emailClaim', { required: true })}
      {text('groupsClaim', { required: true })}
      <RoleMappings value={value.roleMappings} onChange={(roleMappings) => onChange({ roleMappings })} />
      <Checkbox
        label={t('identityProvider.field.trustsSecondFactor')}
        description={t('identityProvider.trustsHelp')}
        checked={value.trustsSecondFactor}
        onChange={(event) => onChange({ trustsSecondFactor: event.currentTarget.checked })}
      />
      <Checkbox
        label={t('identityProvider.field.enabled')}
        checked={value.enabled}
        onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
      />
    </Stack>
  );
}

export const newIdentityProvider: IdentityProviderInput = {
  name: '',
  displayName: '',
  enabled: true,
  issuer: '',
  wellKnownEndpoint: '',
  clientId: '',
  clientSecret: '',
  scopes: ['openid', 'profile', 'email'],
  userNameClaim: 'preferred_username',
  emailClaim: 'email',
  groupsClaim: 'groups',
  roleMappings: [],
  createsUsers: false,
  newUserRoles: ['Internal/subscriber'],
  trustsSecondFactor: false,
};
