import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ListBody, Rest } from '../rest/rest';
import type { Comment, Reply } from './comment';

/** Where comments are read and written: the surface of the portal, and the API. */
export interface CommentPlace {
  readonly rest: Rest;
  readonly apiId: string;
}

const pageRows = 25;
const keyOf = ({ apiId }: CommentPlace): string[] => ['apis', apiId, 'comments'];
const pathOf = ({ apiId }: CommentPlace): string => `/apis/${apiId}/comments`;

/** Newest first, page by page. */
export function useComments(place: CommentPlace) {
  return useInfiniteQuery({
    queryKey: keyOf(place),
    queryFn: ({ pageParam }) =>
      place.rest.get<ListBody<Comment>>(pathOf(place), { limit: pageRows, offset: pageParam }),
    initialPageParam: 0,
    getNextPageParam: ({ pagination }, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.count, 0);
      return loaded < (pagination?.total ?? 0) ? loaded : undefined;
    },
  });
}

/** Every reply to a comment, for those who want more than the first. */
export function useReplies(place: CommentPlace, commentId: string, enabled: boolean) {
  return useQuery({
    queryKey: [...keyOf(place), commentId],
    queryFn: () => place.rest.list<Reply>(`${pathOf(place)}/${commentId}/replies`),
    enabled,
  });
}

export function useCommenting(place: CommentPlace) {
  const client = useQueryClient();
  const onSuccess = (): Promise<void> => client.invalidateQueries({ queryKey: keyOf(place) });
  return {
    add: useMutation({
      meta: { shownInForm: true },
      mutationFn: ({ content, replyTo }: { content: string; replyTo?: string }) =>
        place.rest.send<Comment>('POST', pathOf(place), { json: { content }, query: { replyTo } }),
      onSuccess,
    }),
    edit: useMutation({
      meta: { shownInForm: true },
      mutationFn: ({ id, content }: { id: string; content: string }) =>
        place.rest.send<Comment>('PATCH', `${pathOf(place)}/${id}`, { json: { content } }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => place.rest.send('DELETE', `${pathOf(place)}/${id}`),
      onSuccess,
    }),
  };
}
