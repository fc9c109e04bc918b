import type { LifecycleState } from '../contract/index.js';
import type { Api, ApiSummary } from './api.entity.js';

/** An API as lists and other domains see it. */
export interface ApiView extends ApiSummary {
  readonly id: number;
  readonly uuid: string;
  readonly organization: string;
  readonly name: string;
  readonly context: string;
  readonly version: string;
  readonly basePath: string;
  readonly provider: string;
  readonly type: string;
  readonly lifecycleState: LifecycleState;
  readonly isDefaultVersion: boolean;
  readonly visibility: 'PUBLIC' | 'PRIVATE' | 'RESTRICTED';
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly rowVersion: number;
}

/** Columns that a view needs: all but the body and what is only searched. */
export const viewColumns = [
  'id',
  'uuid',
  'organization',
  'name',
  'context',
  'version',
  'basePath',
  'provider',
  'type',
  'state',
  'defaultOf',
  'visibility',
  'createdAt',
  'updatedAt',
  'rowVersion',
  'summary',
] as const satisfies readonly (keyof Api)[];

export function viewOf(api: Pick<Api, (typeof viewColumns)[number]>): ApiView {
  return {
    ...api.summary,
    id: api.id,
    uuid: api.uuid,
    organization: api.organization,
    name: api.name,
    context: api.context,
    version: api.version,
    basePath: api.basePath,
    provider: api.provider,
    type: api.type,
    lifecycleState: api.state,
    isDefaultVersion: api.defaultOf !== null,
    visibility: api.visibility,
    createdAt: api.createdAt,
    updatedAt: api.updatedAt,
    rowVersion: api.rowVersion,
  };
}
