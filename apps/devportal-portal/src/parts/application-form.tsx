import { NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { splitProblems } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApplicationPolicies } from '../queries/settings';
import type { ApplicationInput } from '../types';
import { FormProblem } from './form-problem';
import { usePolicyWords } from './policy-words';

export const noApplication: ApplicationInput = { name: '', throttlingPolicy: '', description: '' };

interface ApplicationFormProps {
  readonly value: ApplicationInput;
  readonly onChange: (value: ApplicationInput) => void;
  readonly error: unknown;
}

/** Name, quota and description of an application; what the server refuses stands at its field. */
export function ApplicationForm({ value, onChange, error }: ApplicationFormProps): ReactNode {
  const { t } = useTranslation();
  const words = usePolicyWords();
  const policies = useApplicationPolicies();
  const problems = error === null ? null : splitProblems(error, (path) => (path in value ? path : undefined));
  const choices = (policies.data?.list ?? []).map((policy) => ({
    value: policy.name,
    label: `${policy.name}: ${words(policy)}`,
  }));
  return (
    <Stack>
      <TextInput
        label={t('common.name')}
        required
        maxLength={100}
        value={value.name}
        error={problems?.fields['name']}
        onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('application.quota')}
        description={t('application.quotaHelp')}
        data={choices}
        value={value.throttlingPolicy || choices[0]?.value || ''}
        error={problems?.fields['throttlingPolicy']}
        onChange={(event) => onChange({ ...value, throttlingPolicy: event.currentTarget.value })}
      />
      <Textarea
        label={t('common.description')}
        description={t('common.optional')}
        maxLength={512}
        rows={3}
        value={value.description}
        error={problems?.fields['description']}
        onChange={(event) => onChange({ ...value, description: event.currentTarget.value })}
      />
      {problems !== null && problems.rest !== null && <FormProblem error={error} />}
    </Stack>
  );
}

/** What is sent: the first quota that is offered when none was chosen. */
export function useChosenQuota(): (value: ApplicationInput) => ApplicationInput {
  const policies = useApplicationPolicies();
  return (value) => ({
    ...value,
    name: value.name.trim(),
    throttlingPolicy: value.throttlingPolicy || (policies.data?.list[0]?.name ?? ''),
  });
}
