import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Clash, EntityForm } from './use-entity-form';

interface MergeChoiceProps<T extends object> {
  readonly form: EntityForm<T>;
  readonly clash: Clash<T>;
  readonly labelOf: (field: keyof T) => string;
}

/** Mine or theirs, for every field that both changed. */
export function MergeChoice<T extends object>({ form, clash, labelOf }: MergeChoiceProps<T>): ReactNode {
  const { t } = useTranslation();
  const [theirs, choose] = useState<readonly (keyof T)[]>([]);
  return (
    <Alert color="yellow" role="alert" title={t('error.stale')}>
      <Stack>
        <Text size="sm">{t('merge.why')}</Text>
        {clash.fields.map((field) => (
          <Radio.Group
            key={String(field)}
            label={labelOf(field)}
            value={theirs.includes(field) ? 'theirs' : 'mine'}
            onChange={(side) =>
              choose((before) => [...before.filter((each) => each !== field), ...(side === 'theirs' ? [field] : [])])
            }
          >
            <Stack gap={4} mt={4}>
              <Radio value="mine" label={`${t('merge.mine')}: ${shown(form.value[field])}`} />
              <Radio value="theirs" label={`${t('merge.theirs')}: ${shown(clash.theirs.body[field])}`} />
            </Stack>
          </Radio.Group>
        ))}
        <Group>
          <Button size="xs" loading={form.busy} onClick={() => form.settle(theirs)}>
            {t('merge.save')}
          </Button>
          <Button size="xs" variant="default" onClick={form.discard}>
            {t('common.discard')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
