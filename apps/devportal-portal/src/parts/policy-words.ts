import { formatNumber } from '@tollgate/ui';
import { useTranslation } from 'react-i18next';
import type { Policy } from '../types';

/** What clients of the contract read as "no limit". */
const unlimited = 2_147_483_647;
const unitMs: Readonly<Record<string, number>> = {
  sec: 1000,
  min: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
  year: 31_536_000_000,
};

/** A policy's limit as a sentence: "1,000 requests per 1 min". The contract has no kind for events, so none is told. */
export function usePolicyWords(): (policy: Policy) => string {
  const { t } = useTranslation();
  return ({ requestCount, dataUnit, quotaPolicyType, unitTime, timeUnit = 'min' }) => {
    if (requestCount >= unlimited || unitTime === 0) return t('plan.unlimited');
    const time = `${formatNumber(unitTime / (unitMs[timeUnit] ?? unitTime))} ${t(`plan.unit.${timeUnit}`, { defaultValue: timeUnit })}`;
    const amount = formatNumber(requestCount);
    if (quotaPolicyType === 'BANDWIDTHVOLUME') return t('plan.data', { amount, unit: dataUnit ?? '', time });
    return t(quotaPolicyType === undefined ? 'plan.events' : 'plan.requests', { amount, time });
  };
}
