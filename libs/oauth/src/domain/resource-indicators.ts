import { managementAudience } from './audience.js';

const maxResources = 20;

/** Stands between the values of a repeated parameter where they travel as one text; no URI holds it. */
export const resourceSeparator = '\n';

/**
 * The resources of a request, each once (RFC 8707 section 2): absolute URIs without a fragment.
 * @returns null when one of them is something else
 */
export function readResources(text: string | undefined): string[] | null {
  const all = [...new Set((text ?? '').split(resourceSeparator).filter(Boolean))];
  return all.length <= maxResources && all.every(isResource) ? all : null;
}

function isResource(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(text) && !text.includes('#') && URL.canParse(text);
}

/** What tokens of a client may be limited to: the management surfaces, or the audiences that its keys name. */
export function possibleAudiences(client: {
  readonly applicationUuid: string | null;
  readonly audiences: readonly string[] | null;
}): readonly string[] {
  return client.applicationUuid === null ? [managementAudience] : (client.audiences ?? []);
}
