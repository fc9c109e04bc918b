import { ActionIcon, Button, Checkbox, Group, NativeSelect, Stack, TextInput, Title } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Policy } from '../types';
import { BurstFields } from './burst-fields';
import { NumberField } from './number-field';
import { RoleChoice } from './role-choice';

interface PlanFieldsProps {
  readonly value: Policy;
  readonly onChange: (more: Partial<Policy>) => void;
}

/** What only subscription policies have: burst, end of quota, price, who may choose it, attributes. */
export function PlanFields({ value, onChange }: PlanFieldsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack>
      <BurstFields
        count={Math.max(0, value.rateLimitCount ?? 0)}
        unit={value.rateLimitTimeUnit ?? 'sec'}
        onChange={(rateLimitCount, rateLimitTimeUnit) => onChange({ rateLimitCount, rateLimitTimeUnit })}
      />
      <Checkbox
        label={t('plan.stop')}
        description={t('plan.stopHelp')}
        checked={value.stopOnQuotaReach ?? false}
        onChange={(event) => onChange({ stopOnQuotaReach: event.currentTarget.checked })}
      />
      <Group align="flex-end" gap="xs">
        <NumberField
          label={t('plan.depth')}
          description={t('plan.zero')}
          min={0}
          value={value.graphQLMaxDepth ?? 0}
          onChange={(graphQLMaxDepth) => onChange({ graphQLMaxDepth })}
        />
        <NumberField
          label={t('plan.complexity')}
          description={t('plan.zero')}
          min={0}
          value={value.graphQLMaxComplexity ?? 0}
          onChange={(graphQLMaxComplexity) => onChange({ graphQLMaxComplexity })}
        />
      </Group>
      <Price value={value} onChange={onChange} />
      <Who value={value} onChange={onChange} />
      <Attributes value={value} onChange={onChange} />
    </Stack>
  );
}

function Price({ value, onChange }: PlanFieldsProps): ReactNode {
  const { t } = useTranslation();
  const plan = value.monetization ?? null;
  const set = (name: string, text: string): void => {
    if (plan) onChange({ monetization: { ...plan, properties: { ...plan.properties, [name]: text } } });
  };
  const choose = (chosen: string): void => {
    if (chosen === 'FREE') return onChange({ billingPlan: 'FREE', monetization: null });
    const isFixed = chosen === 'FIXEDRATE';
    onChange({
      billingPlan: 'COMMERCIAL',
      monetization: {
        monetizationPlan: isFixed ? 'FIXEDRATE' : 'DYNAMICRATE',
        properties: {
          currencyType: plan?.properties['currencyType'] ?? 'EUR',
          ...(isFixed ? { fixedPrice: '', billingCycle: 'month' } : { pricePerRequest: '', billingCycle: 'month' }),
        },
      },
    });
  };
  return (
    <Group align="flex-end" gap="xs">
      <NativeSelect
        label={t('plan.price')}
        data={['FREE', 'FIXEDRATE', 'DYNAMICRATE'].map((each) => ({ value: each, label: t(`plan.prices.${each}`) }))}
        value={value.billingPlan === 'COMMERCIAL' ? (plan?.monetizationPlan ?? 'FIXEDRATE') : 'FREE'}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      {value.billingPlan === 'COMMERCIAL' && plan !== null && (
        <>
          <TextInput
            label={t(plan.monetizationPlan === 'FIXEDRATE' ? 'plan.fixedPrice' : 'plan.pricePerRequest')}
            inputMode="decimal"
            value={plan.properties[plan.monetizationPlan === 'FIXEDRATE' ? 'fixedPrice' : 'pricePerRequest'] ?? ''}
            onChange={(event) =>
              set(plan.monetizationPlan === 'FIXEDRATE' ? 'fixedPrice' : 'pricePerRequest', event.currentTarget.value)
            }
          />
          <TextInput
            label={t('plan.currency')}
            maxLength={3}
            value={plan.properties['currencyType'] ?? ''}
            onChange={(event) => set('currencyType', event.currentTarget.value.toUpperCase())}
          />
          <NativeSelect
            label={t('plan.cycle')}
            data={['day', 'week', 'month', 'year'].map((each) => ({ value: each, label: t(`unit.${each}`) }))}
            value={plan.properties['billingCycle'] ?? 'month'}
            onChange={(event) => set('billingCycle', event.currentTarget.value)}
          />
        </>
      )}
    </Group>
  );
}

function Who({ value, onChange }: PlanFieldsProps): ReactNode {
  const { t } = useTranslation();
  const { permissions } = value;
  return (
    <Stack gap="xs">
      <NativeSelect
        label={t('plan.who')}
        data={['EVERYBODY', 'ALLOW', 'DENY'].map((each) => ({ value: each, label: t(`plan.whom.${each}`) }))}
        value={permissions?.permissionType ?? 'EVERYBODY'}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          onChange({
            permissions:
              chosen === 'EVERYBODY'
                ? null
                : { permissionType: chosen as 'ALLOW' | 'DENY', roles: permissions?.roles ?? [] },
          });
        }}
      />
      {permissions && (
        <RoleChoice
          label={t('plan.roles')}
          value={permissions.roles}
          onChange={(roles) => onChange({ permissions: { ...permissions, roles } })}
        />
      )}
    </Stack>
  );
}

function Attributes({ value, onChange }: PlanFieldsProps): ReactNode {
  const { t } = useTranslation();
  const attributes = value.customAttributes ?? [];
  const put = (customAttributes: typeof attributes): void => onChange({ customAttributes });
  return (
    <Stack gap="xs" component="section" aria-label={t('plan.attributes')}>
      <Title order={2} size="h3">
        {t('plan.attributes')}
      </Title>
      {attributes.map(({ name, value: text }, at) => (
        <Group key={at} gap="xs" align="flex-end">
          <TextInput
            label={t('common.name')}
            value={name}
            onChange={(event) => put(attributes.with(at, { name: event.currentTarget.value, value: text }))}
          />
          <TextInput
            label={t('plan.value')}
            value={text}
            onChange={(event) => put(attributes.with(at, { name, value: event.currentTarget.value }))}
          />
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t('plan.removeAttribute', { name })}
            onClick={() => put(attributes.toSpliced(at, 1))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Group>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => put([...attributes, { name: '', value: '' }])}
        >
          {t('plan.addAttribute')}
        </Button>
      </Group>
    </Stack>
  );
}
