import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody, ListState } from '@tollgate/ui';
import { rest } from '../rest';
import type { ApiDocument, DocumentInput } from '../types';

const keyOf = (apiId: string): string[] => ['apis', apiId, 'documents'];

export function useDocuments(apiId: string, state: ListState) {
  return useQuery({
    queryKey: [...keyOf(apiId), state.asQuery],
    queryFn: () => rest.get<ListBody<ApiDocument>>(`/apis/${apiId}/documents`, state.asQuery),
    placeholderData: keepPreviousData,
  });
}

/** A document with its version, and its text when it holds one. */
export function useDocument(apiId: string, id: string) {
  const path = `/apis/${apiId}/documents/${id}`;
  return useQuery({
    queryKey: [...keyOf(apiId), id],
    gcTime: 0, // an editor starts from what is stored now
    queryFn: async () => {
      const { body, etag } = await rest.versioned<ApiDocument>(path);
      return { body, etag, text: holdsText(body.sourceType) ? await textOf(path) : '' };
    },
  });
}

export function holdsText(source: ApiDocument['sourceType']): boolean {
  return source === 'MARKDOWN' || source === 'INLINE';
}

/** Empty while nothing has been written. */
async function textOf(path: string): Promise<string> {
  try {
    return await rest.text(`${path}/content`);
  } catch (error) {
    if ((error as { status?: number }).status === 404) return '';
    throw error;
  }
}

export interface SavedDocument {
  readonly input: DocumentInput;
  readonly file: File | null;
  /** Of the document that is changed; absent for a new one. */
  readonly present?: { readonly id: string; readonly etag: string | undefined };
}

/** Stores a document; a file goes after what describes it. @returns the stored document */
export function useSaveDocument(apiId: string) {
  const client = useQueryClient();
  return useMutation({
    meta: { shownInForm: true },
    mutationFn: async ({ input, file, present }: SavedDocument) => {
      const base = `/apis/${apiId}/documents`;
      const stored = present
        ? await rest.send<ApiDocument>('PUT', `${base}/${present.id}`, { json: input, ifMatch: present.etag })
        : await rest.send<ApiDocument>('POST', base, { json: input });
      if (file !== null && input.sourceType === 'FILE') {
        const form = new FormData();
        form.append('file', file);
        await rest.send('POST', `${base}/${stored.documentId}/content`, { form });
      }
      return stored;
    },
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(apiId) }),
  });
}

export function useDeleteDocument(apiId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => rest.send('DELETE', `/apis/${apiId}/documents/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(apiId) }),
  });
}
