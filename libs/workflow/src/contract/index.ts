export { workflowStatuses, workflowTypes } from './types.js';
export type { WorkflowStatus, WorkflowType } from './types.js';
