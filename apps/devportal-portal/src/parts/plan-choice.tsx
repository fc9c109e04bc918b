import { Radio, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Policy } from '../types';
import { usePolicyWords } from './policy-words';

interface PlanChoiceProps {
  readonly plans: readonly Policy[];
  readonly value: string | null;
  readonly onChange: (name: string) => void;
}

/** Business plans with their limits in words, one of them chosen. */
export function PlanChoice({ plans, value, onChange }: PlanChoiceProps): ReactNode {
  const { t } = useTranslation();
  const words = usePolicyWords();
  return (
    <Radio.Group label={t('plan.one')} value={value} onChange={onChange}>
      <Stack gap="xs" mt={4}>
        {plans.map((plan) => (
          <Radio key={plan.name} value={plan.name} label={plan.name} description={words(plan)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
