import { superOrganization, type FieldProblem } from '@tollgate/base';

/** What names an API and is fixed once it exists. */
export interface ApiIdentity {
  readonly name: string;
  /** `/pizzashack`, for tenants `/t/{domain}/pizzashack`; may hold `{version}` once. */
  readonly context: string;
  readonly version: string;
}

const nameShape = /^[^~!@#;:%^*()+={}|\\<>"',&$[\]/\p{Cc}\p{Bidi_Control}]{1,60}$/u;
/** What stands in the path of requests is ASCII: gateways compare bytes, and clients encode the rest in several ways. */
const versionShape = /^[A-Za-z0-9._-]{1,30}$/;
const contextShape = /^(?:\/(?:[A-Za-z0-9._~-]|\{version\})+)+$/;
const maxContextLength = 232;

/** `pizzashack/` → `/pizzashack`; in a tenant `/t/{domain}/pizzashack`. Says nothing about validity. */
export function normalizeContext(context: string, organization: string): string {
  const path = `/${context.trim()}`.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  const prefix = tenantPrefix(organization);
  return path === prefix || path.startsWith(`${prefix}/`) ? path : prefix + path;
}

/** '' for the super organization. */
export function tenantPrefix(organization: string): string {
  return organization === superOrganization ? '' : `/t/${organization}`;
}

/** Every rule that name, context and version break; empty when they are fine. `context` is normalized already. */
export function identityProblems(identity: ApiIdentity, organization: string): FieldProblem[] {
  return [
    ...nameProblems(identity.name),
    ...contextProblems(identity.context, organization),
    ...versionProblems(identity.version),
  ];
}

function nameProblems(name: string): FieldProblem[] {
  if (nameShape.test(name) && name.trim() === name) return [];
  return [
    {
      field: 'name',
      message: 'A name has 1 to 60 characters, none of ~!@#;:%^*()+={}|\\<>"\',&$[]/ and no space at its ends.',
    },
  ];
}

export function versionProblems(version: string): FieldProblem[] {
  if (versionShape.test(version) && !/^\.+$/.test(version)) return [];
  return [
    {
      field: 'version',
      message: 'A version has 1 to 30 of the characters A-Z a-z 0-9 . _ -, for example 1.0.0.',
    },
  ];
}

function contextProblems(context: string, organization: string): FieldProblem[] {
  const problem = (message: string): FieldProblem[] => [{ field: 'context', message }];
  if (context.length > maxContextLength) return problem(`A context has at most ${maxContextLength} characters.`);
  if (!contextShape.test(context) || /\/\.{1,2}(?:\/|$)/.test(context))
    return problem(
      'A context is a path such as /pizzashack of letters, digits, ".", "_", "~" and "-"; {version} stands for the version.',
    );
  if (context.split('{version}').length > 2) return problem('A context holds {version} at most once.');
  if (context === tenantPrefix(organization)) return problem('A context needs a path below the tenant prefix.');
  if (organization === superOrganization && /^\/t(?:\/|$)/.test(context))
    return problem('Contexts below /t belong to tenants; choose another first segment.');
  return [];
}

/** The path that is served: `{context}/{version}`, or the context with `{version}` filled in. */
export function basePathOf(context: string, version: string): string {
  return context.includes('{version}') ? context.replace('{version}', version) : `${context}/${version}`;
}
