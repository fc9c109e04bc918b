import { formatNumber } from '@tollgate/ui';
import { useTranslation } from 'react-i18next';
import type { Limit, Window } from '../types';

/** What clients of the contract read as "no limit". */
const unlimited = 2_147_483_647;

/** A limit as a sentence: "1,000 requests per 1 min". */
export function useLimitWords(): (limit: Limit) => string {
  const { t } = useTranslation();
  const time = ({ unitTime, timeUnit }: Window): string =>
    `${formatNumber(unitTime)} ${t(`unit.${timeUnit}`, { defaultValue: timeUnit })}`;
  return (limit) => {
    switch (limit.type) {
      case 'REQUESTCOUNTLIMIT':
        if (limit.requestCount.requestCount >= unlimited) return t('limit.unlimited');
        return t('limit.requests', {
          amount: formatNumber(limit.requestCount.requestCount),
          time: time(limit.requestCount),
        });
      case 'BANDWIDTHLIMIT':
        return t('limit.data', {
          amount: formatNumber(limit.bandwidth.dataAmount),
          unit: limit.bandwidth.dataUnit,
          time: time(limit.bandwidth),
        });
      case 'EVENTCOUNTLIMIT':
        if (limit.eventCount.eventCount >= unlimited) return t('limit.unlimited');
        return t('limit.events', { amount: formatNumber(limit.eventCount.eventCount), time: time(limit.eventCount) });
    }
  };
}
