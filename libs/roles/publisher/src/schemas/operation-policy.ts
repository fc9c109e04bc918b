import { policyFlows } from '@tollgate/api/contract';
import { listOf, pageQuery } from '@tollgate/http';
import { z } from 'zod';

const text = z.string();

/** `OperationPolicyData` of the contract. */
export const operationPolicyAnswer = z.object({
  category: text,
  id: text,
  name: text,
  version: text,
  displayName: text,
  description: text,
  applicableFlows: z.array(z.enum(policyFlows)),
  supportedGateways: z.array(text),
  supportedApiTypes: z.array(z.object({ apiType: text })),
  isAPISpecific: z.boolean(),
  md5: text,
  policyAttributes: z.array(
    z.object({
      name: text,
      displayName: text,
      description: text,
      type: z.enum(['String', 'Text', 'Integer', 'Boolean', 'Enum']),
      required: z.boolean(),
      defaultValue: text.optional(),
      allowedValues: z.array(text).optional(),
      validationRegex: text.optional(),
    }),
  ),
});
export type OperationPolicyAnswer = z.output<typeof operationPolicyAnswer>;
export const operationPolicyListAnswer = listOf(operationPolicyAnswer);

/** `name:addHeader`, `version:v1`, or both joined by `&` or a space; quotes around values are dropped. */
const conditions = z
  .string()
  .max(1000)
  .transform((query) => query.split(/[&\s]+/).filter((part) => part !== ''))
  .pipe(
    z.array(z.string().regex(/^(?:name|version):"?[^":]*"?$/, 'Search by name:… and version:….')).transform((parts) =>
      parts.map((part) => {
        const [attribute, value] = part.split(':') as [string, string];
        return { attribute: attribute as 'name' | 'version', value: value.replaceAll('"', '') };
      }),
    ),
  );

export const operationPolicyQuery = pageQuery.extend({ query: conditions.optional() });
export type OperationPolicyQuery = z.output<typeof operationPolicyQuery>;
