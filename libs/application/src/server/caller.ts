import { UnauthenticatedError } from '@tollgate/base';
import type { Principal, RequestContext } from '@tollgate/database';

/** @throws UnauthenticatedError when a visitor asks for what belongs to somebody */
export function callerOf(ctx: RequestContext): Principal {
  if (ctx.principal === null) throw new UnauthenticatedError();
  return ctx.principal;
}
