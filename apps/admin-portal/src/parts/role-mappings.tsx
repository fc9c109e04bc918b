import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRoleNames } from '../queries/roles';
import type { RoleMapping } from '../types';

interface RoleMappingsProps {
  readonly value: readonly RoleMapping[];
  readonly onChange: (value: readonly RoleMapping[]) => void;
}

/** Which role members of a group hold. */
export function RoleMappings({ value, onChange }: RoleMappingsProps): ReactNode {
  const { t } = useTranslation();
  const names = useRoleNames().data ?? [];
  return (
    <Stack gap="xs" role="group" aria-label={t('identityProvider.field.roleMappings')}>
      <Text fw={500} size="sm">
        {t('identityProvider.field.roleMappings')}
      </Text>
      {value.map((mapping, at) => {
        const put = (more: Partial<RoleMapping>): void => onChange(value.with(at, { ...mapping, ...more }));
        return (
          <Group key={at} align="flex-end" gap="xs">
            <TextInput
              flex={1}
              miw={160}
              label={t('identityProvider.group')}
              required
              value={mapping.group}
              onChange={(event) => put({ group: event.currentTarget.value })}
            />
            <NativeSelect
              flex={1}
              miw={160}
              label={t('identityProvider.role')}
              data={[...new Set([...names, mapping.role])].filter(Boolean)}
              value={mapping.role}
              onChange={(event) => put({ role: event.currentTarget.value })}
            />
            <Button
              variant="default"
              aria-label={t('identityProvider.removeMapping', { group: mapping.group })}
              onClick={() => onChange(value.toSpliced(at, 1))}
            >
              {t('common.delete')}
            </Button>
          </Group>
        );
      })}
      <Group>
        <Button
          variant="default"
          size="compact-sm"
          disabled={names.length === 0}
          onClick={() => onChange([...value, { group: '', role: names[0] ?? '' }])}
        >
          {t('identityProvider.addMapping')}
        </Button>
      </Group>
    </Stack>
  );
}
