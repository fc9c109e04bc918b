import { ActionIcon, Checkbox, Group, NativeSelect, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Condition } from '../types';

const kinds = ['ip', 'range', 'header', 'query', 'claim'] as const;
type Kind = (typeof kinds)[number];

interface ConditionRowProps {
  readonly value: Condition;
  readonly onChange: (value: Condition) => void;
  /** Left out for the only condition of a group: a group needs one. */
  readonly onRemove?: () => void;
}

/** One condition: what of the request is looked at, what it has to be, and whether that is turned round. */
export function ConditionRow({ value, onChange, onRemove }: ConditionRowProps): ReactNode {
  const { t } = useTranslation();
  const kind = kindOf(value);
  const [first, second] = textsOf(value);
  const put = (a: string, b: string): void => onChange(conditionOf(kind, a, b, value.invertCondition));
  return (
    <Group align="flex-end" gap="xs">
      <NativeSelect
        label={t('condition.kind')}
        data={kinds.map((each) => ({ value: each, label: t(`condition.kinds.${each}`) }))}
        value={kind}
        onChange={(event) => onChange(conditionOf(event.currentTarget.value as Kind, '', '', value.invertCondition))}
      />
      <TextInput
        label={t(`condition.first.${kind}`)}
        value={first}
        onChange={(event) => put(event.currentTarget.value, second)}
      />
      {kind !== 'ip' && (
        <TextInput
          label={t(`condition.second.${kind}`)}
          value={second}
          onChange={(event) => put(first, event.currentTarget.value)}
        />
      )}
      <Checkbox
        mb={8}
        label={t('condition.not')}
        checked={value.invertCondition}
        onChange={(event) => onChange({ ...value, invertCondition: event.currentTarget.checked })}
      />
      {onRemove && (
        <ActionIcon variant="default" size="lg" aria-label={t('condition.remove')} onClick={onRemove}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}

export const newCondition: Condition = conditionOf('ip', '', '', false);

function kindOf(condition: Condition): Kind {
  switch (condition.type) {
    case 'IPCONDITION':
      return condition.ipCondition.ipConditionType === 'IPRANGE' ? 'range' : 'ip';
    case 'HEADERCONDITION':
      return 'header';
    case 'QUERYPARAMETERCONDITION':
      return 'query';
    case 'JWTCLAIMSCONDITION':
      return 'claim';
  }
}

function textsOf(condition: Condition): readonly [string, string] {
  switch (condition.type) {
    case 'IPCONDITION': {
      const { ipConditionType, specificIP, startingIP = '', endingIP = '' } = condition.ipCondition;
      return ipConditionType === 'IPRANGE' ? [startingIP, endingIP] : [specificIP, ''];
    }
    case 'HEADERCONDITION':
      return [condition.headerCondition.headerName, condition.headerCondition.headerValue];
    case 'QUERYPARAMETERCONDITION':
      return [condition.queryParameterCondition.parameterName, condition.queryParameterCondition.parameterValue];
    case 'JWTCLAIMSCONDITION':
      return [condition.jwtClaimsCondition.claimUrl, condition.jwtClaimsCondition.attribute];
  }
}

function conditionOf(kind: Kind, a: string, b: string, invertCondition: boolean): Condition {
  switch (kind) {
    case 'ip':
      return {
        type: 'IPCONDITION',
        invertCondition,
        ipCondition: { ipConditionType: 'IPSPECIFIC', specificIP: a },
      };
    case 'range':
      return {
        type: 'IPCONDITION',
        invertCondition,
        ipCondition: { ipConditionType: 'IPRANGE', specificIP: '', startingIP: a, endingIP: b },
      };
    case 'header':
      return { type: 'HEADERCONDITION', invertCondition, headerCondition: { headerName: a, headerValue: b } };
    case 'query':
      return {
        type: 'QUERYPARAMETERCONDITION',
        invertCondition,
        queryParameterCondition: { parameterName: a, parameterValue: b },
      };
    case 'claim':
      return { type: 'JWTCLAIMSCONDITION', invertCondition, jwtClaimsCondition: { claimUrl: a, attribute: b } };
  }
}
