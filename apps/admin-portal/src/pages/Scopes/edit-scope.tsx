import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { ProblemList, showDone } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RoleChoice } from '../../parts/role-choice';
import { useChangeTenantConfig } from '../../queries/tenant-config';

interface EditScopeProps {
  readonly name: string;
  readonly roles: readonly string[];
  readonly onClose: () => void;
}

/** Roles of one scope; says which gain and which lose it before it is saved. */
export function EditScope({ name, roles, onClose }: EditScopeProps): ReactNode {
  const { t } = useTranslation();
  const [chosen, choose] = useState(roles);
  const change = useChangeTenantConfig();
  const gained = chosen.filter((role) => !roles.includes(role));
  const lost = roles.filter((role) => !chosen.includes(role));
  const submit = (): void =>
    change.mutate(
      { RESTAPIScopes: { Scope: [{ Name: name, Roles: chosen.join(',') }] } },
      {
        onSuccess: () => {
          onClose();
          showDone(t('common.saved'));
        },
      },
    );
  return (
    <Modal opened onClose={onClose} title={name} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <RoleChoice label={t('plan.roles')} description={t('scope.adminKeeps')} value={chosen} onChange={choose} />
        <Stack gap={4} role="status">
          {gained.length > 0 && <Text size="sm">{t('scope.gained', { roles: gained.join(', ') })}</Text>}
          {lost.length > 0 && <Text size="sm">{t('scope.lost', { roles: lost.join(', ') })}</Text>}
        </Stack>
        <ProblemList error={change.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button loading={change.isPending} disabled={gained.length + lost.length === 0} onClick={submit}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
