import { Alert, Button, Group, List, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Condition, ConditionGroup, Limit } from '../types';
import { ConditionRow, newCondition } from './condition-row';
import { usePolicySentences } from './condition-words';
import { LimitFields, presetLimit } from './limit-fields';

interface ConditionGroupsProps {
  readonly value: readonly ConditionGroup[];
  readonly otherwise: Limit;
  readonly onChange: (value: readonly ConditionGroup[]) => void;
}

/** Groups of conditions with limits of their own, and in words what all of it means. */
export function ConditionGroups({ value, otherwise, onChange }: ConditionGroupsProps): ReactNode {
  const { t } = useTranslation();
  const sentences = usePolicySentences();
  const put = (at: number, group: ConditionGroup): void => onChange(value.with(at, group));
  return (
    <Stack component="section" aria-label={t('groups.title')}>
      <Stack gap={4}>
        <Title order={2} size="h3">
          {t('groups.title')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('groups.about')}
        </Text>
      </Stack>
      {value.map((group, at) => (
        <GroupCard
          key={at}
          number={at + 1}
          value={group}
          onChange={(next) => put(at, next)}
          onRemove={() => onChange(value.toSpliced(at, 1))}
        />
      ))}
      <Group>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => onChange([...value, { description: '', conditions: [newCondition], limit: presetLimit }])}
        >
          {t('groups.add')}
        </Button>
      </Group>
      <Alert color="brand" title={t('groups.means')} role="status">
        <List size="sm">
          {sentences(value, otherwise).map((sentence, at) => (
            <List.Item key={at}>{sentence}</List.Item>
          ))}
        </List>
        {value.length > 1 && (
          <Text size="sm" mt="xs">
            {t('groups.both')}
          </Text>
        )}
      </Alert>
    </Stack>
  );
}

interface GroupCardProps {
  readonly number: number;
  readonly value: ConditionGroup;
  readonly onChange: (value: ConditionGroup) => void;
  readonly onRemove: () => void;
}

function GroupCard({ number, value, onChange, onRemove }: GroupCardProps): ReactNode {
  const { t } = useTranslation();
  const { conditions } = value;
  const put = (next: readonly Condition[]): void => onChange({ ...value, conditions: next });
  return (
    <Paper className="tg-surface" p="md" role="group" aria-label={t('groups.one', { number })}>
      <Stack>
        <Group justify="space-between">
          <Text fw={600}>{t('groups.one', { number })}</Text>
          <Button variant="default" size="compact-sm" onClick={onRemove}>
            {t('groups.remove')}
          </Button>
        </Group>
        {conditions.map((condition, at) => (
          <ConditionRow
            key={at}
            value={condition}
            onChange={(next) => put(conditions.with(at, next))}
            {...(conditions.length > 1 ? { onRemove: () => put(conditions.toSpliced(at, 1)) } : {})}
          />
        ))}
        <Group>
          <Button variant="default" size="compact-sm" onClick={() => put([...conditions, newCondition])}>
            {t('condition.add')}
          </Button>
        </Group>
        <LimitFields value={value.limit} onChange={(limit) => onChange({ ...value, limit })} />
        <TextInput
          label={t('groups.note')}
          description={t('common.optional')}
          maxLength={1024}
          value={value.description}
          onChange={(event) => onChange({ ...value, description: event.currentTarget.value })}
        />
      </Stack>
    </Paper>
  );
}
