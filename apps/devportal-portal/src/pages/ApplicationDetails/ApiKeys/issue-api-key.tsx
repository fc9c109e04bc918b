import {
  Alert,
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Paper,
  Stack,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { CopyText, splitProblems } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblem } from '../../../parts/form-problem';
import { useApiKeyChanges } from '../../../queries/api-keys';
import type { KeyType } from '../../../types';

const limits = ['none', 'ip', 'referer'] as const;
type Limit = (typeof limits)[number];
const empty = { name: '', days: '' as number | string, limit: 'none' as Limit, entries: '' };
const daySeconds = 86_400;

interface IssueApiKeyProps {
  readonly applicationId: string;
  readonly keyType: KeyType;
}

/** Issues an API key, which is shown once. */
export function IssueApiKey({ applicationId, keyType }: IssueApiKeyProps): ReactNode {
  const { t } = useTranslation();
  const [value, setValue] = useState(empty);
  const change = (more: Partial<typeof empty>): void => setValue((before) => ({ ...before, ...more }));
  const { issue } = useApiKeyChanges(applicationId, keyType);
  const problems = issue.error === null ? null : splitProblems(issue.error, fieldOf);
  const entries = value.entries.split(/[\s,]+/).filter((entry) => entry !== '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const days = Number(value.days);
    const input = {
      keyName: value.name.trim(),
      validityPeriod: value.days === '' ? -1 : days * daySeconds,
      permittedIP: value.limit === 'ip' ? entries.join(',') : '',
      permittedReferer: value.limit === 'referer' ? entries.join(',') : '',
    };
    issue.mutate(input, { onSuccess: () => setValue(empty) });
  };
  return (
    <Paper className="tg-surface" p="md">
      <form onSubmit={submit}>
        <Stack maw={560}>
          <Title order={2} size="h3">
            {t('apiKeys.new')}
          </Title>
          <TextInput
            label={t('common.name')}
            required
            maxLength={100}
            value={value.name}
            error={problems?.fields['name']}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <NumberInput
            label={t('apiKeys.days')}
            description={t('apiKeys.daysHelp')}
            min={1}
            max={3650}
            allowDecimal={false}
            value={value.days}
            error={problems?.fields['days']}
            onChange={(days) => change({ days })}
          />
          <NativeSelect
            label={t('apiKeys.limit')}
            data={limits.map((each) => ({ value: each, label: t(`apiKeys.limits.${each}`) }))}
            value={value.limit}
            onChange={(event) => change({ limit: event.currentTarget.value as Limit })}
          />
          {value.limit !== 'none' && (
            <Textarea
              label={t(`apiKeys.entries.${value.limit}`)}
              description={t(`apiKeys.entriesHelp.${value.limit}`)}
              required
              rows={3}
              value={value.entries}
              error={problems?.fields['entries']}
              onChange={(event) => change({ entries: event.currentTarget.value })}
            />
          )}
          {problems !== null && problems.rest !== null && <FormProblem error={issue.error} />}
          <Group>
            <Button
              type="submit"
              loading={issue.isPending}
              disabled={value.name.trim() === '' || (value.limit !== 'none' && entries.length === 0)}
            >
              {t('apiKeys.issue')}
            </Button>
          </Group>
        </Stack>
      </form>
      {issue.data && (
        <Alert mt="md" color="yellow" title={t('apiKeys.once')} role="status">
          <CopyText label={t('apiKeys.one')} text={issue.data.apikey} shown={`${issue.data.apikey.slice(0, 32)}…`} />
        </Alert>
      )}
    </Paper>
  );
}

/** The form's field of a field of the body. */
function fieldOf(path: string): string | undefined {
  if (path === 'keyName') return 'name';
  if (path === 'validityPeriod') return 'days';
  return path.startsWith('additionalProperties.') ? 'entries' : undefined;
}
