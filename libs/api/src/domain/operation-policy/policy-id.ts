import { createHash } from 'node:crypto';
import { policyNames, policySpecification, policyVersion, type PolicyName } from '../../contract/index.js';

/** Ids of policies that come with the product: the same in every installation, in the form of a UUID (RFC 9562 version 8). */
const ids = new Map(policyNames.map((name) => [name, idOf(name)]));
const names = new Map([...ids].map(([name, id]) => [id, name]));

export function policyId(name: PolicyName): string {
  return ids.get(name) as string;
}

/** `undefined`: no policy has that id. */
export function policyOfId(id: string): PolicyName | undefined {
  return names.get(id);
}

/** Changes when the specification does (publisher contract, `OperationPolicyData.md5`). */
export function policyDigest(name: PolicyName): string {
  return createHash('md5')
    .update(JSON.stringify(policySpecification(name)))
    .digest('hex');
}

function idOf(name: PolicyName): string {
  const hex = createHash('sha256').update(`tollgate operation policy ${name} ${policyVersion}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
