import { Group, NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NumberField } from './number-field';

interface BurstFieldsProps {
  /** 0: no burst limit. */
  readonly count: number;
  readonly unit: string;
  readonly onChange: (count: number, unit: string) => void;
}

/** How many requests may come in one second or minute, whatever the quota leaves. */
export function BurstFields({ count, unit, onChange }: BurstFieldsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Group align="flex-end" gap="xs">
      <NumberField
        label={t('burst.count')}
        description={t('burst.help')}
        min={0}
        value={count}
        onChange={(next) => onChange(next, unit)}
      />
      <NativeSelect
        label={t('burst.unit')}
        data={['sec', 'min'].map((each) => ({ value: each, label: t(`unit.${each}`) }))}
        value={unit}
        onChange={(event) => onChange(count, event.currentTarget.value)}
      />
    </Group>
  );
}
