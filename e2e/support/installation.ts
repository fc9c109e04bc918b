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
  stop(): Promise<Record<string, number | null>>;
}
