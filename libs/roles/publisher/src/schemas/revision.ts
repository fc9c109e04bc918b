import { z } from 'zod';

export const newRevisionBody = z.object({
  description: z
    .string()
    .max(255)
    .nullish()
    .transform((given) => given ?? ''),
});
export type NewRevisionBody = z.output<typeof newRevisionBody>;

/** `query=deployed:true` or `deployed:false`. */
export const revisionsQuery = z.object({
  query: z
    .enum(['deployed:true', 'deployed:false'], 'Only deployed:true and deployed:false can be asked for.')
    .optional(),
});
export type RevisionsQuery = z.output<typeof revisionsQuery>;

const hostName =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])\.)*(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])$/;
const target = z.object({
  name: z.string().min(1).max(255),
  vhost: z
    .string()
    .max(255)
    .regex(hostName, 'A virtual host is a host name.')
    .nullish()
    .transform((given) => given ?? undefined),
  displayOnDevportal: z
    .boolean()
    .nullish()
    .transform((given) => given ?? true),
});
export const deploymentsBody = z.array(target).max(100);
export type DeploymentsBody = z.output<typeof deploymentsBody>;

/** With `allEnvironments` there is nothing to say: the body may be absent. */
export const undeployBody = z.preprocess((body) => (isEmptyObject(body) ? [] : body), deploymentsBody);

function isEmptyObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;
}

export const deployQuery = z.object({ revisionId: z.string().min(1) });
export type DeployQuery = z.output<typeof deployQuery>;

export const undeployQuery = z
  .object({
    revisionId: z.string().min(1).optional(),
    revisionNumber: z
      .string()
      .regex(/^(?:Revision )?\d{1,9}$/i, 'A revision number is 1, 2, 3, …')
      .optional(),
    allEnvironments: z
      .enum(['true', 'false'])
      .default('false')
      .transform((text) => text === 'true'),
  })
  .refine((query) => query.revisionId !== undefined || query.revisionNumber !== undefined, {
    path: ['revisionId'],
    error: 'Say which revision, by revisionId or revisionNumber.',
  });
export type UndeployQuery = z.output<typeof undeployQuery>;

export const deploymentAnswer = z.object({
  revisionUuid: z.string(),
  name: z.string(),
  status: z.enum(['APPROVED', 'CREATED']),
  vhost: z.string(),
  displayOnDevportal: z.boolean(),
  deployedTime: z.string(),
  successDeployedTime: z.string().optional(),
  liveGatewayCount: z.number().int(),
  deployedGatewayCount: z.number().int(),
  failedGatewayCount: z.number().int(),
});
export type DeploymentAnswer = z.output<typeof deploymentAnswer>;

export const revisionAnswer = z.object({
  id: z.string(),
  displayName: z.string(),
  description: z.string(),
  createdTime: z.string(),
  apiInfo: z.object({ id: z.string() }),
  deploymentInfo: z.array(deploymentAnswer),
});
export type RevisionAnswer = z.output<typeof revisionAnswer>;
export const revisionListAnswer = z.object({ count: z.number().int(), list: z.array(revisionAnswer) });
