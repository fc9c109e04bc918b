import { InvalidInputError, superOrganization } from '@tollgate/base';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const domainForm = new RegExp(`^${label}(?:\\.${label})+$`);

/**
 * A tenant's domain: lower-case DNS labels with at least one dot, at most 190 characters. Case and Unicode variants are
 * refused, not folded, so that no two tenants ever look alike to one layer and different to another.
 * @throws InvalidInputError
 */
export function checkOrganizationDomain(domain: string, field = 'domain'): void {
  const fits = domain.length <= 190 && domainForm.test(domain);
  if (!fits)
    throw new InvalidInputError([
      { field, message: 'A domain is written in lower case with at least one dot, for example "tenant1.example".' },
    ]);
  if (domain === superOrganization)
    throw new InvalidInputError([
      { field, message: `"${superOrganization}" is the organization of this installation itself.` },
    ]);
}
