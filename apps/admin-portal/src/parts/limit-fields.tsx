import { Group, NativeSelect, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { dataUnits, limitTypes, timeUnits, type Limit, type Window } from '../types';
import { useLimitWords } from './limit-words';
import { NumberField } from './number-field';

interface LimitFieldsProps {
  readonly value: Limit;
  readonly onChange: (value: Limit) => void;
}

/** What is counted, how many, per which time; the sentence below says what that means. */
export function LimitFields({ value, onChange }: LimitFieldsProps): ReactNode {
  const { t } = useTranslation();
  const words = useLimitWords();
  const window = windowOf(value);
  return (
    <div>
      <Group align="flex-end" gap="xs">
        <NativeSelect
          label={t('limit.type')}
          data={limitTypes.map((type) => ({ value: type, label: t(`limit.types.${type}`) }))}
          value={value.type}
          onChange={(event) => onChange(limitOf(event.currentTarget.value as Limit['type'], amountOf(value), window))}
        />
        <NumberField
          label={t('limit.amount')}
          value={amountOf(value)}
          onChange={(amount) => onChange(limitOf(value.type, amount, window, unitOf(value)))}
        />
        {value.type === 'BANDWIDTHLIMIT' && (
          <NativeSelect
            label={t('limit.dataUnit')}
            data={[...dataUnits]}
            value={value.bandwidth.dataUnit}
            onChange={(event) => onChange(limitOf(value.type, amountOf(value), window, event.currentTarget.value))}
          />
        )}
        <NumberField
          label={t('limit.per')}
          max={100_000}
          value={window.unitTime}
          onChange={(unitTime) =>
            onChange(limitOf(value.type, amountOf(value), { ...window, unitTime }, unitOf(value)))
          }
        />
        <NativeSelect
          label={t('limit.timeUnit')}
          data={timeUnits.map((unit) => ({ value: unit, label: t(`unit.${unit}`) }))}
          value={window.timeUnit}
          onChange={(event) =>
            onChange(
              limitOf(value.type, amountOf(value), { ...window, timeUnit: event.currentTarget.value }, unitOf(value)),
            )
          }
        />
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        {words(value)}
      </Text>
    </div>
  );
}

export const presetLimit = limitOf('REQUESTCOUNTLIMIT', 1000, { unitTime: 1, timeUnit: 'min' });

function limitOf(type: Limit['type'], amount: number, { unitTime, timeUnit }: Window, dataUnit = 'MB'): Limit {
  const window = { unitTime, timeUnit };
  switch (type) {
    case 'REQUESTCOUNTLIMIT':
      return { type, requestCount: { ...window, requestCount: amount } };
    case 'BANDWIDTHLIMIT':
      return { type, bandwidth: { ...window, dataAmount: amount, dataUnit } };
    case 'EVENTCOUNTLIMIT':
      return { type, eventCount: { ...window, eventCount: amount } };
  }
}

function windowOf(limit: Limit): Window {
  switch (limit.type) {
    case 'REQUESTCOUNTLIMIT':
      return limit.requestCount;
    case 'BANDWIDTHLIMIT':
      return limit.bandwidth;
    case 'EVENTCOUNTLIMIT':
      return limit.eventCount;
  }
}

function amountOf(limit: Limit): number {
  switch (limit.type) {
    case 'REQUESTCOUNTLIMIT':
      return limit.requestCount.requestCount;
    case 'BANDWIDTHLIMIT':
      return limit.bandwidth.dataAmount;
    case 'EVENTCOUNTLIMIT':
      return limit.eventCount.eventCount;
  }
}

function unitOf(limit: Limit): string | undefined {
  return limit.type === 'BANDWIDTHLIMIT' ? limit.bandwidth.dataUnit : undefined;
}
