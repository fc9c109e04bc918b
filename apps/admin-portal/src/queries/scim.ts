/** A list answer of SCIM (RFC 7644 section 3.4.2). */
export interface ScimList<T> {
  readonly totalResults: number;
  readonly Resources?: readonly T[];
}

/** A body that changes one thing of a resource (RFC 7644 section 3.5.2). */
export function patchOf(operation: object): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] };
}
