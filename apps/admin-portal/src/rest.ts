import { Rest } from '@tollgate/ui';

export const rest = new Rest('admin', '/api/am/admin/v4');
/** People and roles (RFC 7644). */
export const scim = new Rest('admin', '/scim2');
