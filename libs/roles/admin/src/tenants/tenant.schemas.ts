import { z } from 'zod';

const owner = z.object({
  username: z.string().min(1, 'Name the administrator.'),
  password: z.string(),
  email: z
    .string()
    .max(255)
    .regex(/^[^\s@]+@[^\s@]+$/, 'This is no e-mail address.'),
  firstname: z.string().max(255).default(''),
  lastname: z.string().max(255).default(''),
  provisioningMethod: z.literal(
    'inline-password',
    'Only "inline-password" is offered: send the password of the administrator.',
  ),
});

export const newTenantBody = z.object({
  domain: z.string(),
  owners: z.tuple([owner], 'Name exactly one owner.'),
});
export type NewTenantBody = z.infer<typeof newTenantBody>;

export const tenantListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(25),
  offset: z.coerce.number().int().min(0).default(0),
  filter: z.string().max(1000).optional(),
});
export type TenantListQuery = z.infer<typeof tenantListQuery>;

export const tenantAnswer = z.object({
  id: z.string(),
  domain: z.string(),
  owners: z.array(z.object({ id: z.string(), username: z.string() })),
  createdDate: z.string(),
  lifecycleStatus: z.object({ activated: z.boolean() }),
});
export type TenantAnswer = z.infer<typeof tenantAnswer>;

export const tenantListAnswer = z.object({
  totalResults: z.number(),
  startIndex: z.number(),
  count: z.number(),
  tenants: z.array(tenantAnswer),
  links: z.array(z.object({ href: z.string(), rel: z.string() })),
});
export type TenantListAnswer = z.infer<typeof tenantListAnswer>;
