import { Rest } from '@tollgate/ui';

export const rest = new Rest('devportal', '/api/am/devportal/v3');
/** Accounts (RFC 7644): people sign up here. */
export const accounts = new Rest('devportal', '/scim2');
