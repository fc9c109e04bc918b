import { useTranslation } from 'react-i18next';
import type { DenyPolicy } from '../types';

/** Whom a deny policy concerns, in words: "every address but 10.0.0.1 to 10.0.0.9". */
export function useDenyWords(): (policy: Pick<DenyPolicy, 'conditionType' | 'conditionValue'>) => string {
  const { t } = useTranslation();
  return ({ conditionType, conditionValue }) => {
    if (typeof conditionValue === 'string') return conditionValue;
    const { fixedIp, startingIp, endingIp, invert } = conditionValue;
    const addresses = conditionType === 'IP' ? fixedIp : t('deny.span', { from: startingIp, to: endingIp });
    return t(invert ? 'deny.allBut' : 'deny.just', { addresses });
  };
}
