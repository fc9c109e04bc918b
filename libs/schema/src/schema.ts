import type { SchemaParts } from '@tollgate/database';
import { apiEntities } from '@tollgate/api/server';
import { applicationEntities } from '@tollgate/application/server';
import { deploymentEntities } from '@tollgate/deployment/server';
import { identityEntities } from '@tollgate/identity/server';
import { jobEntities } from '@tollgate/jobs';
import { oauthEntities } from '@tollgate/oauth/server';
import { throttlingEntities } from '@tollgate/throttling/server';
import { workflowEntities } from '@tollgate/workflow/server';
import { migrations as mysql } from './migrations/mysql/index.js';
import { migrations as sqlite } from './migrations/sqlite/index.js';

/** Every table of the shared database. */
export const schema: SchemaParts = {
  entities: [
    ...deploymentEntities,
    ...throttlingEntities,
    ...identityEntities,
    ...oauthEntities,
    ...apiEntities,
    ...applicationEntities,
    ...jobEntities,
    ...workflowEntities,
  ],
  migrations: { sqlite, mysql },
};
