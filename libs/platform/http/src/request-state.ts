import type { RequestContext } from './request-context.js';

/** What the guard leaves on a request for the parameter decorators. */
export interface RequestState {
  tollgate?: RequestContext;
}
