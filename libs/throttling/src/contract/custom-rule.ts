import { z } from 'zod';

/** Record kind `custom-rule`, id = uuid. Present only while the rule is deployed. */
export const customRuleRecordSchema = z.object({
  uuid: z.string(),
  organization: z.string(),
  name: z.string(),
  /** Changes with the text of the rule: what an older text has decided means nothing any more. */
  ruleId: z.string().min(1).max(100),
  keyTemplate: z.string(),
  siddhiQuery: z.string(),
  /** Names of the request's properties that the rule reads: gateways send these. */
  properties: z.array(z.string()),
});
export type CustomRuleRecord = z.infer<typeof customRuleRecordSchema>;
