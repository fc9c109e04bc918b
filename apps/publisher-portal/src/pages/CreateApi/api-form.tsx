import { MultiSelect, Stack, TextInput } from '@mantine/core';
import { splitProblems } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { NewApi } from '../../queries/create-api';
import { usePlanNames } from '../../queries/settings';
import type { DefinitionCheck } from '../../types';
import { problemsOf, suggestContext } from './api-rules';

type Fields = Omit<NewApi, 'policies'>;
const empty: Fields = { name: '', context: '', version: '1.0.0', endpoint: '' };

export interface ApiFormState {
  readonly values: Fields;
  readonly policies: readonly string[];
  readonly errors: Readonly<Record<string, string>>;
  /** What was refused and belongs to no field. */
  readonly problem: unknown;
  readonly set: (name: keyof Fields, value: string) => void;
  readonly choosePlans: (policies: string[]) => void;
  /** Fills what is still empty from a definition. */
  readonly suggest: (info: NonNullable<DefinitionCheck['info']>) => void;
  /** The API, or null when something is wrong: then it stands at the fields. */
  readonly submit: () => NewApi | null;
  readonly refuse: (error: unknown) => void;
}

export function useApiForm(defaultPolicy: string | undefined): ApiFormState {
  const { t } = useTranslation();
  const [values, setValues] = useState(empty);
  const [chosen, choosePlans] = useState<readonly string[] | null>(null);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [ownContext, setOwnContext] = useState(false);
  const policies = chosen ?? (defaultPolicy === undefined ? [] : [defaultPolicy]);

  return {
    values,
    policies,
    errors,
    problem,
    choosePlans,
    set(name, value) {
      if (name === 'context') setOwnContext(value !== '');
      const suggested = name === 'name' && !ownContext ? { context: suggestContext(value) } : {};
      setValues((present) => ({ ...present, ...suggested, [name]: value }));
      setErrors(({ [name]: _gone, ...others }) => others);
    },
    suggest({ name, version, context, endpoints }) {
      setValues((present) => ({
        name: present.name || (name ?? ''),
        context: present.context || (context ?? '') || suggestContext(name ?? ''),
        version: version || present.version,
        endpoint: present.endpoint || (endpoints?.[0] ?? ''),
      }));
    },
    submit() {
      setProblem(null);
      const found = Object.entries(problemsOf(values)).map(([name, key]) => [name, t(`rule.${key}`)]);
      setErrors(Object.fromEntries(found) as Record<string, string>);
      return found.length === 0 ? { ...values, policies } : null;
    },
    refuse(error) {
      const { fields, rest } = splitProblems(error, fieldOf);
      setErrors(fields);
      setProblem(rest === null ? null : error);
    },
  };
}

/** `endpointConfig.production_endpoints.url` and `additionalProperties.name` name fields of this form. */
function fieldOf(path: string): keyof Fields | 'policies' | undefined {
  const own = path.replace(/^additionalProperties\./, '');
  if (own.startsWith('endpointConfig')) return 'endpoint';
  return own === 'name' || own === 'context' || own === 'version' || own === 'policies' ? own : undefined;
}

export function ApiForm({ form }: { readonly form: ApiFormState }): ReactNode {
  const { t } = useTranslation();
  const plans = usePlanNames('HTTP');
  const field = (name: keyof Fields) => ({
    value: form.values[name],
    error: form.errors[name],
    onChange: (event: { currentTarget: { value: string } }) => form.set(name, event.currentTarget.value),
  });
  return (
    <Stack>
      <TextInput
        label={t('common.name')}
        description={t('create.nameHelp')}
        required
        maxLength={60}
        {...field('name')}
      />
      <TextInput
        label={t('apis.context')}
        description={t('create.contextHelp', { path: `${form.values.context || '/…'}/${form.values.version}` })}
        required
        {...field('context')}
      />
      <TextInput label={t('common.version')} required maxLength={30} {...field('version')} />
      <TextInput
        label={t('create.endpoint')}
        description={t('create.endpointHelp')}
        placeholder="https://back-end.example/api"
        type="url"
        {...field('endpoint')}
      />
      <MultiSelect
        label={t('create.plans')}
        description={t('create.plansHelp')}
        data={[...plans]}
        value={[...form.policies]}
        error={form.errors['policies']}
        onChange={form.choosePlans}
        searchable
      />
    </Stack>
  );
}
