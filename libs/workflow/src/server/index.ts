export { WorkflowModule } from './workflow.module.js';
export { WorkflowSettings } from './workflow-settings.service.js';
export { workflowEntities, WorkflowTask } from './workflow.entities.js';
export { Workflows } from './workflows.js';
export type {
  DecidedTask,
  Decision,
  TaskFilter,
  WorkflowHandler,
  WorkflowOutcome,
  WorkflowRequest,
} from './workflows.js';
