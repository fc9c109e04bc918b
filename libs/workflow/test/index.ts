import { SecretBox, type Clock, type Logger } from '@tollgate/base';
import type { Database } from '@tollgate/database';
import { WebhookCaller } from '../src/server/webhook-caller.js';
import { WorkflowSettings } from '../src/server/workflow-settings.service.js';
import { Workflows } from '../src/server/workflows.js';

/** The real services without a container: no organization has configured anything, and there is no job queue. */
export function openWorkflows(db: Database, clock: Clock, log: Logger): Workflows {
  const box = new SecretBox('ab'.repeat(32));
  const settings = new WorkflowSettings(db, box, clock);
  const config = { database: { apim_db: { type: 'sqlite' } }, tollgate: { network: {} } };
  return new Workflows(db, settings, new WebhookCaller(db, settings, box, config, log), box, clock);
}
