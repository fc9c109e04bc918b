import { Button, Group, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ConfirmDanger, useSession } from '@tollgate/ui';
import { IconCopyPlus, IconDots, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useDeleteApi } from '../../queries/apis';
import type { Api } from '../../types';
import { NewVersion } from './new-version';

/** What can be done with the API as a whole, from every page of it. */
export function ApiActions({ api }: { readonly api: Api }): ReactNode {
  const { t } = useTranslation();
  const { can } = useSession();
  const navigate = useNavigate();
  const [deleting, { open: openDelete, close: closeDelete }] = useDisclosure();
  const [copying, { open: openCopy, close: closeCopy }] = useDisclosure();
  const remove = useDeleteApi();
  const mayCreate = can('apim:api_create', 'apim:api_manage');
  const mayDelete = can('apim:api_delete', 'apim:api_manage');
  if (!mayCreate && !mayDelete) return null;
  return (
    <Group gap="xs">
      <Menu>
        <Menu.Target>
          <Button variant="default" leftSection={<IconDots size={16} aria-hidden />}>
            {t('common.actions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mayCreate && (
            <Menu.Item leftSection={<IconCopyPlus size={16} aria-hidden />} onClick={openCopy}>
              {t('api.newVersion')}
            </Menu.Item>
          )}
          {mayDelete && (
            <Menu.Item color="danger" leftSection={<IconTrash size={16} aria-hidden />} onClick={openDelete}>
              {t('api.delete')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <NewVersion api={api} opened={copying} onClose={closeCopy} />
      <ConfirmDanger
        opened={deleting}
        onClose={closeDelete}
        title={t('api.deleteTitle', { name: `${api.name} ${api.version}` })}
        action={t('api.delete')}
        name={api.name}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(api.id, { onSuccess: () => void navigate('/apis'), onSettled: closeDelete })}
      >
        {t('api.deleteWhat')}
      </ConfirmDanger>
    </Group>
  );
}
