import { z } from 'zod';

/** A callback may be absent, empty, or one or more URLs separated by commas. */
export const registrationBody = z.object({
  clientName: z.string().trim().min(1, 'Name the client.').max(190),
  owner: z.string().max(400).optional(),
  callbackUrl: z.string().max(4000).nullish(),
  grantType: z.string().max(2000).nullish(),
  saasApp: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).optional(),
  tokenType: z.string().max(100).nullish(),
});
export type RegistrationBody = z.infer<typeof registrationBody>;

/** The contract writes truth values as texts here, and clients know the callback under both spellings. */
export const registrationAnswer = z.object({
  clientId: z.string(),
  clientName: z.string(),
  clientSecret: z.string(),
  callbackUrl: z.string(),
  callBackURL: z.string(),
  isSaasApplication: z.string(),
  appOwner: z.string(),
  jsonString: z.string(),
  jsonAppAttribute: z.string(),
  applicationUUID: z.string(),
  tokenType: z.string(),
});
export type RegistrationAnswer = z.infer<typeof registrationAnswer>;
