import { Checkbox, NativeSelect, Stack, Textarea, TextInput, Title } from '@mantine/core';
import { splitProblems } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Policy, PolicyLevel } from '../types';
import { BurstFields } from './burst-fields';
import { ConditionGroups } from './condition-groups';
import { LimitFields, presetLimit } from './limit-fields';
import { PlanFields } from './plan-fields';

interface PolicyFormProps {
  readonly level: PolicyLevel;
  readonly value: Policy;
  readonly onChange: (more: Partial<Policy>) => void;
  readonly error: unknown;
  /** A policy keeps its name. */
  readonly isNew: boolean;
}

/** Everything of a policy that somebody decides; only what its level has. */
export function PolicyForm({ level, value, onChange, error, isNew }: PolicyFormProps): ReactNode {
  const { t } = useTranslation();
  const problems = error === null ? {} : splitProblems(error, (path) => path).fields;
  return (
    <Stack>
      {isNew && (
        <TextInput
          label={t('common.name')}
          description={t('policy.nameHelp')}
          required
          maxLength={60}
          value={value.policyName}
          error={problems['policyName']}
          onChange={(event) => onChange({ policyName: event.currentTarget.value })}
        />
      )}
      <Textarea
        label={t('common.description')}
        description={t('common.optional')}
        maxLength={1024}
        rows={2}
        value={value.description}
        error={problems['description']}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <Title order={2} size="h3">
        {t('policy.limit')}
      </Title>
      <LimitFields value={value.defaultLimit} onChange={(defaultLimit) => onChange({ defaultLimit })} />
      {level === 'application' && (
        <BurstFields
          count={Math.max(0, value.burstLimit?.rateLimitCount ?? 0)}
          unit={value.burstLimit?.rateLimitTimeUnit ?? 'sec'}
          onChange={(rateLimitCount, rateLimitTimeUnit) =>
            onChange({ burstLimit: { rateLimitCount, rateLimitTimeUnit } })
          }
        />
      )}
      {level === 'subscription' && <PlanFields value={value} onChange={onChange} />}
      {level === 'advanced' && (
        <>
          <NativeSelect
            label={t('policy.per')}
            data={(['apiLevel', 'userLevel'] as const).map((each) => ({
              value: each,
              label: t(`policy.pers.${each}`),
            }))}
            value={value.applicableLevel ?? 'apiLevel'}
            onChange={(event) => onChange({ applicableLevel: event.currentTarget.value as 'apiLevel' | 'userLevel' })}
          />
          <ConditionGroups
            value={value.conditionalGroups ?? []}
            otherwise={value.defaultLimit}
            onChange={(conditionalGroups) => onChange({ conditionalGroups })}
          />
        </>
      )}
      <Title order={2} size="h3">
        {t('policy.cluster')}
      </Title>
      <NativeSelect
        label={t('policy.degraded')}
        description={t('policy.degradedHelp')}
        data={(['local-share', 'open', 'closed'] as const).map((each) => ({
          value: each,
          label: t(`policy.degradedModes.${each}`),
        }))}
        value={value.degradedMode}
        onChange={(event) => onChange({ degradedMode: event.currentTarget.value as Policy['degradedMode'] })}
      />
      <Checkbox
        label={t('policy.strict')}
        description={t('policy.strictHelp')}
        checked={value.strict}
        error={problems['strict']}
        onChange={(event) => onChange({ strict: event.currentTarget.checked })}
      />
    </Stack>
  );
}

export const newPolicy: Policy = {
  policyId: '',
  policyName: '',
  displayName: '',
  description: '',
  defaultLimit: presetLimit,
  degradedMode: 'local-share',
  strict: false,
};
