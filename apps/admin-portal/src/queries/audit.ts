import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ListBody, Query } from '@tollgate/ui';
import { rest } from '../rest';
import type { AuditEvent } from '../types';

export function useAuditEvents(query: Query) {
  return useQuery({
    queryKey: ['audit', query],
    queryFn: () => rest.get<ListBody<AuditEvent>>('/audit-events', query),
    placeholderData: keepPreviousData,
  });
}
