import { listOf, pageQuery } from '@tollgate/http';
import { z } from 'zod';

export const settingsAnswer = z.object({
  grantTypes: z.array(z.string()),
  scopes: z.array(z.string()),
  applicationSharingEnabled: z.boolean(),
  mapExistingAuthApps: z.boolean(),
  apiGatewayEndpoint: z.string(),
  monetizationEnabled: z.boolean(),
  recommendationEnabled: z.boolean(),
  IsUnlimitedTierPaid: z.boolean(),
  identityProvider: z.object({ external: z.boolean() }),
  IsAnonymousModeEnabled: z.boolean(),
  IsPasswordChangeEnabled: z.boolean(),
  userStorePasswordPattern: z.string(),
  passwordPolicyPattern: z.string(),
  passwordPolicyMinLength: z.number().int(),
  passwordPolicyMaxLength: z.number().int(),
});

export const keyManagerListAnswer = z.object({
  count: z.number().int(),
  list: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.string(),
      displayName: z.string(),
      description: z.string(),
      enabled: z.boolean(),
      availableGrantTypes: z.array(z.string()),
      tokenEndpoint: z.string(),
      revokeEndpoint: z.string(),
      userInfoEndpoint: z.string(),
      enableTokenGeneration: z.boolean(),
      enableTokenEncryption: z.boolean(),
      enableTokenHashing: z.boolean(),
      enableOAuthAppCreation: z.boolean(),
      enableMapOAuthConsumerApps: z.boolean(),
      tokenType: z.enum(['DIRECT', 'EXCHANGED', 'BOTH']),
      alias: z.string(),
    }),
  ),
});

export const tenantQuery = pageQuery.extend({ state: z.enum(['active', 'inactive']).default('active') });
export type TenantQuery = z.output<typeof tenantQuery>;
export const tenantListAnswer = listOf(z.object({ domain: z.string(), status: z.string() }));

export const attributeListAnswer = z.object({
  count: z.number().int(),
  list: z.array(
    z.object({
      attribute: z.string(),
      description: z.string(),
      type: z.string(),
      tooltip: z.string(),
      required: z.string(),
      hidden: z.string(),
    }),
  ),
});

export const passwordChangeBody = z.object({ currentPassword: z.string(), newPassword: z.string() });
export type PasswordChangeBody = z.infer<typeof passwordChangeBody>;
