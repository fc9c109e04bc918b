import type { UpstreamTls } from '../upstream/back-end-trust.js';
import type { ApiRecord, DeploymentRecord, OperationRecord } from '@tollgate/api/contract';
import type { TargetSet } from '../upstream/targets/target-set.js';
import type { Mediation } from '../mediation/compile-mediation.js';
import type { MessageFilter } from '../filters/throttle-messages.js';
import type { Filter } from './compile-pipeline.js';
import type { OperationTable } from './operation-table.js';

/** One back end address, taken apart at deploy time. */
export interface CompiledEndpoint {
  /** `https://host:port`. */
  readonly origin: string;
  /** How its TLS differs from what is usual, `null` for not at all. */
  readonly tls: UpstreamTls | null;
  /** Names its connections: those of one origin and one kind of TLS are shared. */
  readonly pool: string;
  /** Value of the Host field. */
  readonly host: string;
  /** Base path without a slash at its end; empty for `/`. */
  readonly basePath: string;
  /** Query of the endpoint URL without `?`, put before the caller's. */
  readonly query: string;
}

export interface CompiledOperation {
  readonly record: OperationRecord;
  /** Key of its advanced policy; see `resourceKey` of the throttling rules. */
  readonly throttleKey: string;
  /** Authentication, authorisation and quotas of this operation. */
  readonly run: Filter;
  /** `null`: its messages pass as they are. */
  readonly mediation: Mediation | null;
  /** What an open connection passes again and again. */
  readonly stream: StreamChecks;
}

/** Looked at again and again while a connection is open. */
export interface StreamChecks {
  /** Lifecycle, credential with expiry and revocation, subscription, scopes and deny list; counts nothing. */
  readonly look: Filter;
  readonly messages: MessageFilter;
}

/** One deployed revision, compiled: what a request needs, decided once. */
export interface CompiledApi {
  readonly api: ApiRecord;
  readonly deployment: DeploymentRecord;
  /** Lower-case virtual host. */
  readonly vhost: string;
  /** Paths served: the base path, and the context without version for a default version. */
  readonly basePaths: readonly string[];
  readonly operations: OperationTable<CompiledOperation>;
  /** Runs everything up to the upstream. */
  readonly run: Filter;
  readonly production: TargetSet;
  readonly sandbox: TargetSet;
  /** Lower-case names of fields that never reach the back end, because they carry credentials or would hide events. */
  readonly withheldHeaders: ReadonlySet<string>;
}

/** Whether what its connections carry is counted, in place of the requests that open them. */
export function isStreaming({ type }: Pick<DeploymentRecord, 'type'>): boolean {
  return type === 'WS' || type === 'SSE';
}
