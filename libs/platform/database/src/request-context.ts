import type { EntityManager } from 'typeorm';

/** Who asks. */
export interface Principal {
  /** Unqualified within its organization, for example `admin`. */
  readonly userName: string;
  readonly roles: readonly string[];
  /** Scopes of the token used; empty for other credentials. */
  readonly scopes: readonly string[];
}

/** First argument of every service: tenant, user and correlation id of the request that is being served. */
export interface RequestContext {
  readonly organization: string;
  /** `null` for visitors and for the system itself. */
  readonly principal: Principal | null;
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

/** A context inside a transaction: whoever receives one reads and writes through `manager` alone. */
export interface Transaction extends RequestContext {
  readonly manager: EntityManager;
  /** Runs after the commit, never after a rollback. A throw is logged and changes nothing: the commit stands. */
  afterCommit(effect: () => void | Promise<void>): void;
}

/** Context of work that no user asked for: seeds, jobs, relays. */
export function systemContext(organization: string, correlationId = 'system'): RequestContext {
  return { organization, principal: null, correlationId };
}
