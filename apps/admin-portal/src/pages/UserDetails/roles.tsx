import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { ErrorPanel, ProblemList, showDone, Waiting } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { everyone, useRoles } from '../../queries/roles';
import { useUserChanges, type User } from '../../queries/users';

/** The roles of the organization, with those that the user holds ticked. */
export function Roles({ user }: { readonly user: User }): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useRoles();
  const { setRoles } = useUserChanges();
  const held = user.roles.filter(({ display }) => display !== everyone).map(({ value }) => value);
  const [draft, setDraft] = useState<readonly string[] | null>(null);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting lines={3} />;
  const chosen = draft ?? held;
  const given = chosen.filter((id) => !held.includes(id));
  const taken = held.filter((id) => !chosen.includes(id));
  const save = (): void =>
    setRoles.mutate(
      { id: user.id, given, taken },
      {
        onSuccess: () => {
          setDraft(null);
          showDone(t('common.saved'));
        },
      },
    );
  return (
    <>
      <Checkbox.Group aria-label={t('user.roles')} value={[...chosen]} onChange={setDraft}>
        <Stack gap="xs">
          {data
            .filter(({ displayName }) => displayName !== everyone)
            .map(({ id, displayName }) => (
              <Checkbox key={id} value={id} label={displayName} />
            ))}
        </Stack>
      </Checkbox.Group>
      <ProblemList error={setRoles.error} />
      <Group>
        <Button loading={setRoles.isPending} disabled={given.length + taken.length === 0} onClick={save}>
          {t('common.save')}
        </Button>
        {draft !== null && (
          <Button variant="default" onClick={() => setDraft(null)}>
            {t('common.discard')}
          </Button>
        )}
      </Group>
    </>
  );
}
