import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { ConfirmDanger, DataTable, EmptyState, formatTime, useListState, useSession } from '@tollgate/ui';
import type { Column } from '@tollgate/ui';
import { IconPlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useDeleteDocument, useDocuments } from '../../../queries/documents';
import type { ApiDocument } from '../../../types';
import { useLoadedApi } from '../api-context';

/** What explains the API to developers. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { body: api } = useLoadedApi();
  const { can } = useSession();
  const mayChange = can('apim:api_create', 'apim:api_manage', 'apim:document_manage');
  const state = useListState();
  const found = useDocuments(api.id, state);
  const [doomed, setDoomed] = useState<ApiDocument | null>(null);
  const remove = useDeleteDocument(api.id);
  const add = mayChange ? (
    <Button component={Link} to={`/apis/${api.id}/documents/create`} leftSection={<IconPlus size={16} aria-hidden />}>
      {t('documents.add')}
    </Button>
  ) : null;
  const columns: Column<ApiDocument>[] = [
    {
      key: 'name',
      header: t('common.name'),
      cell: (row) => (
        <Stack gap={0}>
          <Anchor component={Link} to={`/apis/${api.id}/documents/${row.documentId}`} fw={600}>
            {row.name}
          </Anchor>
          <Text size="xs" c="dimmed" lineClamp={1} maw={360}>
            {row.summary}
          </Text>
        </Stack>
      ),
    },
    { key: 'type', header: t('documents.type'), cell: (row) => row.otherTypeName ?? t(`documents.types.${row.type}`) },
    { key: 'source', header: t('documents.source'), cell: (row) => t(`documents.sources.${row.sourceType}`) },
    { key: 'seen', header: t('documents.visibility'), cell: (row) => t(`documents.visible.${row.visibility}`) },
    { key: 'updated', header: t('apis.updated'), cell: (row) => formatTime(row.lastUpdatedTime) },
    ...(mayChange
      ? [
          {
            key: 'act',
            header: t('common.actions'),
            cell: (row: ApiDocument) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t('documents.deleteOf', { name: row.name })}
                onClick={() => setDoomed(row)}
              >
                {t('common.delete')}
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <Stack>
      <Text size="sm">{t('documents.about')}</Text>
      <Group>{add}</Group>
      <DataTable
        label={t('api.section.documents')}
        columns={columns}
        rowKey={(row) => row.documentId}
        state={state}
        found={found}
        empty={<EmptyState title={t('documents.none')} why={t('documents.noneWhy')} />}
      />
      <ConfirmDanger
        opened={doomed !== null}
        onClose={() => setDoomed(null)}
        title={t('documents.deleteTitle', { name: doomed?.name ?? '' })}
        action={t('common.delete')}
        busy={remove.isPending}
        onConfirm={() => doomed && remove.mutate(doomed.documentId, { onSettled: () => setDoomed(null) })}
      >
        {t('documents.deleteWhat')}
      </ConfirmDanger>
    </Stack>
  );
}
