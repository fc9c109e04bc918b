import { TagsInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRoleNames } from '../queries/roles';

interface RoleChoiceProps {
  readonly label: string;
  readonly description?: string;
  readonly value: readonly string[];
  readonly onChange: (roles: string[]) => void;
}

/** Roles, chosen from those of the organization or typed. */
export function RoleChoice({ label, description, value, onChange }: RoleChoiceProps): ReactNode {
  const { t } = useTranslation();
  const names = useRoleNames();
  return (
    <TagsInput
      label={label}
      description={description}
      placeholder={t('roles.choose')}
      data={names.data ?? []}
      value={[...value]}
      onChange={onChange}
    />
  );
}
