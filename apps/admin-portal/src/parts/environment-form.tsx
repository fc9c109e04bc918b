import { Button, Group, Stack, Textarea, TextInput, Title } from '@mantine/core';
import { ProblemList, splitProblems } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { EnvironmentInput } from '../queries/environments';
import { VhostFields } from './vhost-fields';

interface EnvironmentFormProps {
  readonly start: EnvironmentInput;
  /** An environment keeps its name. */
  readonly isNew: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  /** The verb on the button. */
  readonly action: string;
  readonly onSubmit: (value: EnvironmentInput) => void;
}

/** Name, description and virtual hosts of a gateway environment. */
export function EnvironmentForm({ start, isNew, busy, error, action, onSubmit }: EnvironmentFormProps): ReactNode {
  const { t } = useTranslation();
  const [value, setValue] = useState(start);
  const change = (more: Partial<EnvironmentInput>): void => setValue((before) => ({ ...before, ...more }));
  const problems = error === null ? {} : splitProblems(error, (path) => path).fields;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit({ ...value, name: value.name.trim(), displayName: value.displayName.trim() || value.name.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={960}>
        {isNew && (
          <TextInput
            label={t('common.name')}
            description={t('environment.nameHelp')}
            required
            maxLength={190}
            value={value.name}
            error={problems['name']}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
        )}
        <TextInput
          label={t('environment.displayName')}
          maxLength={255}
          value={value.displayName}
          error={problems['displayName']}
          onChange={(event) => change({ displayName: event.currentTarget.value })}
        />
        <Textarea
          label={t('common.description')}
          description={t('common.optional')}
          maxLength={1023}
          rows={2}
          value={value.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <Title order={2} size="h3">
          {t('environment.vhosts')}
        </Title>
        <VhostFields value={value.vhosts} onChange={(vhosts) => change({ vhosts })} />
        <ProblemList error={error} />
        <Group>
          <Button type="submit" loading={busy} disabled={value.name.trim() === ''}>
            {action}
          </Button>
          <Button component={Link} to="/settings/environments" variant="default">
            {t('common.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
