import { useMutation, useQuery } from '@tanstack/react-query';
import { rest } from '../rest';
import type { ApiDocument } from '../types';

export function useDocuments(apiId: string) {
  return useQuery({
    queryKey: ['apis', apiId, 'documents'],
    queryFn: () => rest.list<ApiDocument>(`/apis/${apiId}/documents`),
  });
}

/** The text of an INLINE or MARKDOWN document. */
export function useDocumentText(apiId: string, { documentId, sourceType }: ApiDocument) {
  return useQuery({
    queryKey: ['apis', apiId, 'documents', documentId, 'content'],
    queryFn: () => rest.text(`/apis/${apiId}/documents/${documentId}/content`),
    enabled: sourceType === 'MARKDOWN' || sourceType === 'INLINE',
  });
}

/** Fetches a file with the session and hands it to the browser to keep. */
export function useDownload(apiId: string) {
  return useMutation({
    mutationFn: async ({ documentId, name }: ApiDocument) => {
      const answer = await rest.call('GET', `/apis/${apiId}/documents/${documentId}/content`);
      const address = URL.createObjectURL(await answer.blob());
      const link = document.createElement('a');
      link.href = address;
      link.download = fileNameOf(answer.headers.get('content-disposition')) ?? name;
      link.click();
      URL.revokeObjectURL(address);
    },
  });
}

function fileNameOf(disposition: string | null): string | null {
  const found = /filename\*=UTF-8''([^;]+)/.exec(disposition ?? '')?.[1];
  return found === undefined ? null : decodeURIComponent(found);
}
