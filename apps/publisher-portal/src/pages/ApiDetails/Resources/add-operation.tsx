import { Button, Group, MultiSelect, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiOperation } from '../../../types';

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

interface AddOperationProps {
  readonly taken: readonly ApiOperation[];
  readonly onAdd: (operations: readonly ApiOperation[]) => void;
}

/** One operation per verb at one path template. */
export function AddOperation({ taken, onAdd }: AddOperationProps): ReactNode {
  const { t } = useTranslation();
  const [target, setTarget] = useState('/');
  const [chosen, setChosen] = useState<string[]>(['GET']);
  const repeated = chosen.filter((verb) => taken.some((one) => one.verb === verb && one.target === target));
  const error = target.startsWith('/')
    ? repeated.length > 0
      ? t('resources.repeated', { verbs: repeated.join(', ') })
      : undefined
    : t('resources.slash');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (error !== undefined || chosen.length === 0) return;
    const settings = { authType: 'Any', throttlingPolicy: 'Unlimited', scopes: [] };
    onAdd(chosen.map((verb) => ({ target, verb, ...settings })));
    setTarget('/');
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-start">
        <MultiSelect label={t('resources.verbs')} data={[...verbs]} value={chosen} onChange={setChosen} w={220} />
        <TextInput
          flex={1}
          label={t('resources.target')}
          placeholder="/menu/{item}"
          value={target}
          error={target === '/' ? undefined : error}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
        <Button type="submit" mt={24} variant="default" leftSection={<IconPlus size={16} aria-hidden />}>
          {t('common.add')}
        </Button>
      </Group>
    </form>
  );
}
