export { extensionNames, hiddenSecret, simple, workflowExtensions } from './workflow-extensions.js';
export type { ExtensionName, WorkflowExecutor, WorkflowExtensions } from './workflow-extensions.js';
