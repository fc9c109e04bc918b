import { useTranslation } from 'react-i18next';
import type { Condition, ConditionGroup, Limit } from '../types';
import { useLimitWords } from './limit-words';

/** What a condition means: "the header X-Plan does not match ^trial". */
export function useConditionWords(): (condition: Condition) => string {
  const { t } = useTranslation();
  return (condition) => {
    const not = condition.invertCondition ? 'not' : 'is';
    switch (condition.type) {
      case 'IPCONDITION': {
        const { ipConditionType, specificIP, startingIP, endingIP } = condition.ipCondition;
        return ipConditionType === 'IPRANGE'
          ? t(`says.range.${not}`, { from: startingIP || '…', to: endingIP || '…' })
          : t(`says.ip.${not}`, { ip: specificIP || '…' });
      }
      case 'HEADERCONDITION': {
        const { headerName, headerValue } = condition.headerCondition;
        return t(`says.header.${not}`, { name: headerName || '…', value: headerValue || '…' });
      }
      case 'QUERYPARAMETERCONDITION': {
        const { parameterName, parameterValue } = condition.queryParameterCondition;
        return t(`says.query.${not}`, { name: parameterName || '…', value: parameterValue || '…' });
      }
      case 'JWTCLAIMSCONDITION': {
        const { claimUrl, attribute } = condition.jwtClaimsCondition;
        return t(`says.claim.${not}`, { name: claimUrl || '…', value: attribute || '…' });
      }
    }
  };
}

/** One sentence for every group, and one for requests that are in none. */
export function usePolicySentences(): (groups: readonly ConditionGroup[], otherwise: Limit) => string[] {
  const { t } = useTranslation();
  const limitWords = useLimitWords();
  const conditionWords = useConditionWords();
  return (groups, otherwise) => [
    ...groups.map(({ conditions, limit }) =>
      t('says.group', { conditions: conditions.map(conditionWords).join(t('says.and')), limit: limitWords(limit) }),
    ),
    t(groups.length === 0 ? 'says.all' : 'says.otherwise', { limit: limitWords(otherwise) }),
  ];
}
