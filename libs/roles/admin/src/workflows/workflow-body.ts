import { pageQuery } from '@tollgate/http';
import { workflowTypes } from '@tollgate/workflow/contract';
import type { WorkflowTask } from '@tollgate/workflow/server';
import { z } from 'zod';

export const workflowQuery = pageQuery.extend({ workflowType: z.enum(workflowTypes).optional() });
export type WorkflowQuery = z.infer<typeof workflowQuery>;

export const decisionQuery = z.object({ workflowReferenceId: z.string().min(1, 'Name the request.').max(36) });
export type DecisionQuery = z.infer<typeof decisionQuery>;

export const decisionBody = z.object({
  status: z.enum(['APPROVED', 'REJECTED'], 'Say APPROVED or REJECTED.'),
  attributes: z.record(z.string(), z.string()).default({}),
  description: z.string().max(2000).optional(),
});
export type DecisionBody = z.infer<typeof decisionBody>;

export const workflowInfo = z.object({
  workflowType: z.string(),
  workflowStatus: z.enum(['CREATED', 'APPROVED']),
  createdTime: z.string(),
  updatedTime: z.string(),
  referenceId: z.string(),
  properties: z.record(z.string(), z.string()),
  description: z.string(),
});
export type WorkflowInfo = z.infer<typeof workflowInfo>;

export const workflowListAnswer = z.object({
  count: z.number(),
  next: z.string(),
  previous: z.string(),
  list: z.array(workflowInfo),
});

/** The contract leaves `AM_` out here, and asks with it. */
export function workflowInfoOf(task: WorkflowTask): WorkflowInfo {
  return {
    workflowType: task.type.replace(/^AM_/, ''),
    workflowStatus: 'CREATED',
    createdTime: new Date(task.createdAt).toISOString(),
    updatedTime: new Date(task.updatedAt).toISOString(),
    referenceId: task.uuid,
    properties: task.properties,
    description: task.description,
  };
}
