import { Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useSaveDocument } from '../../../queries/documents';
import { useLoadedApi } from '../api-context';
import { DocumentForm, inputOf } from '../document-form';

const blank = { name: '', type: 'HOWTO', sourceType: 'MARKDOWN', visibility: 'API_LEVEL' } as const;

export function Component(): ReactNode {
  const { t } = useTranslation();
  const { body: api } = useLoadedApi();
  const navigate = useNavigate();
  const save = useSaveDocument(api.id);
  const list = `/apis/${api.id}/documents`;
  return (
    <Stack>
      <Title order={2}>{t('documents.add')}</Title>
      <DocumentForm
        start={blank}
        back={list}
        busy={save.isPending}
        error={save.error}
        onSave={(input, file) => save.mutate({ input: inputOf(input), file }, { onSuccess: () => void navigate(list) })}
      />
    </Stack>
  );
}
