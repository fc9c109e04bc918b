/** The same shape as the database package's `RequestContext`; here so that the HTTP platform does not know the database. */
export interface RequestContext {
  readonly organization: string;
  readonly principal: {
    readonly userName: string;
    readonly roles: readonly string[];
    readonly scopes: readonly string[];
  } | null;
  readonly correlationId: string;
  /** Of the client, as the listener saw it through trusted proxies; absent for work that nobody asked for. */
  readonly address?: string;
}
