import { Rest } from '@tollgate/ui';

export const rest = new Rest('publisher', '/api/am/publisher/v4');
