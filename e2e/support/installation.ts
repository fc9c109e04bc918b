import type { NodeProcess } from '@tollgate/cluster';

/** A running Tollgate, whatever its layout. */
export interface Installation {
  readonly name: string;
  readonly admin: readonly [string, string];
  /** Base addresses of the management surfaces; any of them serves every call. */
  readonly controlPlanes: readonly string[];
  /** Base addresses of API traffic (https). Every check is made at each of them. */
  readonly gateways: readonly string[];
  readonly processes: readonly NodeProcess[];
  /** Absent: all is one process. */
  readonly managers?: Managers;
  stop(): Promise<Record<string, number | null>>;
}

/** Traffic managers that are processes of their own. */
export interface Managers {
  /** Of their management. */
  readonly addresses: readonly string[];
  /** true: they count in one store, each what it receives. */
  readonly inOneStore: boolean;
  /** `host:port`, with `user:password@` where `credentials` are not the ones. */
  readonly brokers: readonly string[];
  readonly credentials: { readonly username: string; readonly password: string };
  readonly exchangePrefix: string;
}
