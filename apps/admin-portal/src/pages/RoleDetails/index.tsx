import { Button, Stack } from '@mantine/core';
import { EmptyState, ErrorPanel, PageHeader, showDone, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { NameLink } from '../../parts/name-link';
import { PlainTable } from '../../parts/plain-table';
import { useRole, useRoleChanges } from '../../queries/roles';

/** Who holds a role. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { roleId = '' } = useParams();
  const { data, error, refetch } = useRole(roleId);
  const { take } = useRoleChanges();
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const { displayName, members = [] } = data;
  return (
    <>
      <PageHeader title={displayName} about={t('role.membersAbout')} />
      <Stack>
        {members.length === 0 ? (
          <EmptyState title={t('role.nobody')} why={t('role.nobodyWhy')} />
        ) : (
          <PlainTable
            label={t('role.members')}
            headers={[t('user.name'), t('common.actions')]}
            rows={members.map(({ value, display }) => ({
              key: value,
              cells: [
                <NameLink key="name" to={`/users/${value}`}>
                  {display}
                </NameLink>,
                <Button
                  key="take"
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t('role.take')}: ${display}`}
                  disabled={take.isPending}
                  onClick={() =>
                    take.mutate({ role: roleId, user: value }, { onSuccess: () => showDone(t('common.saved')) })
                  }
                >
                  {t('role.take')}
                </Button>,
              ],
            }))}
          />
        )}
      </Stack>
    </>
  );
}
