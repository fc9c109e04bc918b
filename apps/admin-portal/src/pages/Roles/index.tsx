import { Button, Group, Stack, TextInput } from '@mantine/core';
import { PageHeader, ProblemList, showDone, type Column } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LocalList } from '../../parts/local-list';
import { NameLink } from '../../parts/name-link';
import { RemoveButton } from '../../parts/remove-button';
import { isKept, useRoleChanges, useRoles, type Role } from '../../queries/roles';

/** Names that people hold and that give rights. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useRoles();
  const { remove } = useRoleChanges();
  const columns: Column<Role>[] = [
    {
      key: 'name',
      header: t('common.name'),
      sortBy: 'name',
      cell: ({ id, displayName }) => <NameLink to={`/roles/${id}`}>{displayName}</NameLink>,
    },
    {
      key: 'actions',
      header: t('common.actions'),
      cell: (role) =>
        isKept(role) ? null : (
          <RemoveButton id={role.id} name={role.displayName} what={t('role.deleteWhat')} remove={remove} />
        ),
    },
  ];
  return (
    <>
      <PageHeader title={t('role.title')} about={t('role.about')} />
      <Stack>
        <NewRole />
        <LocalList
          label={t('role.title')}
          found={{ data: data && { list: data }, error, refetch }}
          columns={columns}
          rowKey={({ id }) => id}
          words={({ displayName }) => displayName}
          orders={{ name: ({ displayName }) => displayName }}
          sortBy="name"
          none={{ title: t('role.title'), why: t('role.about') }}
        />
      </Stack>
    </>
  );
}

function NewRole(): ReactNode {
  const { t } = useTranslation();
  const { create } = useRoleChanges();
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate(name.trim(), {
      onSuccess: () => {
        setName('');
        showDone(t('done.created', { name: name.trim() }));
      },
    });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="flex-end">
          <TextInput
            label={t('role.new')}
            value={name}
            maxLength={255}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            {t('role.create')}
          </Button>
        </Group>
        <ProblemList error={create.error} />
      </Stack>
    </form>
  );
}
