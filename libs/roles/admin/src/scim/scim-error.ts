import { ApimError } from '@tollgate/base';
import type { WireError } from '@tollgate/http';

/** Detail error keywords of RFC 7644 section 3.12 that we use. */
export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'uniqueness';

const scimTypes: ReadonlyMap<string, ScimType> = new Map([
  ['INVALID_INPUT', 'invalidValue'],
  ['MALFORMED_JSON', 'invalidSyntax'],
  ['USER_EXISTS', 'uniqueness'],
  ['ROLE_EXISTS', 'uniqueness'],
  ['ROLE_IS_BUILT_IN', 'mutability'],
]);

/** 400 with one of SCIM's own reasons. */
export class ScimRequestError extends ApimError {
  constructor(
    readonly scimType: ScimType,
    message: string,
  ) {
    super({ code: 'SCIM_REQUEST', status: 400, message });
  }
}

/** RFC 7644 section 3.12. */
export const scimErrorShape = (error: ApimError): WireError => {
  const scimType = error instanceof ScimRequestError ? error.scimType : scimTypes.get(error.code);
  const fields = error.fields.map((field) => `${field.field}: ${field.message}`);
  return {
    status: error.status,
    contentType: 'application/scim+json; charset=utf-8',
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(error.status),
      ...(scimType ? { scimType } : {}),
      detail: [error.message, ...fields, error.action].filter(Boolean).join(' '),
    },
  };
};
