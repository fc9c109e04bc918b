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
  /** What is asked for; absent for work that nobody asked for. */
  readonly operation?: {
    /** Method and route: `POST /api/am/admin/v4/environments`. */
    readonly name: string;
    /** True for what changes nothing by its method. */
    readonly readOnly: boolean;
    /** Values of the path's parameters. */
    readonly target: Readonly<Record<string, string>>;
  };
}
