import { NativeSelect, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const keyTypes = ['PRODUCTION', 'SANDBOX'] as const;

/** What tells one subscription from the others, besides the context of the API. */
export interface SubscriptionParts {
  readonly version: string;
  readonly owner: string;
  readonly application: string;
  readonly keyType: string;
}

export const noSubscription: SubscriptionParts = { version: '', owner: '', application: '', keyType: keyTypes[0] };

interface Props {
  readonly value: SubscriptionParts;
  readonly onChange: (value: SubscriptionParts) => void;
}

/** The parts of a subscription's deny value that follow the context. */
export function SubscriptionFields({ value, onChange }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {(['version', 'owner', 'application'] as const).map((part) => (
        <TextInput
          key={part}
          label={t(`deny.subscription.${part}`)}
          description={t(`deny.subscription.${part}Help`)}
          value={value[part]}
          onChange={(event) => onChange({ ...value, [part]: event.currentTarget.value })}
        />
      ))}
      <NativeSelect
        label={t('deny.subscription.keys')}
        data={keyTypes.map((each) => ({ value: each, label: t(`deny.subscription.keyTypes.${each}`) }))}
        value={value.keyType}
        onChange={(event) => onChange({ ...value, keyType: event.currentTarget.value })}
      />
    </>
  );
}

/** @returns `/orders/1.0.0:1.0.0:bob-Shop front:PRODUCTION`, the form that gateways compare with */
export function subscriptionValue(
  context: string,
  { version, owner, application, keyType }: SubscriptionParts,
): string {
  return `${context.trim()}:${version.trim()}:${owner.trim()}-${application.trim()}:${keyType}`;
}

export function isWhole({ version, owner, application }: SubscriptionParts): boolean {
  return [version, owner, application].every((part) => part.trim() !== '');
}
