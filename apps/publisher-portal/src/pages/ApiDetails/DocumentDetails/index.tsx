import { Stack, Title } from '@mantine/core';
import { ErrorPanel, Waiting } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useDocument, useSaveDocument } from '../../../queries/documents';
import { useLoadedApi } from '../api-context';
import { DocumentForm, inputOf } from '../document-form';

/** Changes a document; somebody else's change in between is told, not overwritten. */
export function Component(): ReactNode {
  const { body: api } = useLoadedApi();
  const { documentId = '' } = useParams();
  const navigate = useNavigate();
  const { data, error, refetch } = useDocument(api.id, documentId);
  const save = useSaveDocument(api.id);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const { body, etag, text } = data;
  const list = `/apis/${api.id}/documents`;
  return (
    <Stack>
      <Title order={2}>{body.name}</Title>
      <DocumentForm
        start={{ ...body, inlineContent: text }}
        fileName={body.fileName}
        back={list}
        busy={save.isPending}
        error={save.error}
        onSave={(input, file) =>
          save.mutate(
            { input: inputOf(input), file, present: { id: documentId, etag } },
            { onSuccess: () => void navigate(list) },
          )
        }
      />
    </Stack>
  );
}
