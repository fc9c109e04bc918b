/**
 * Throttle keys in the form that the field knows. Ordinary names give exactly
 *
 *   application   {applicationId}:{user@tenant}
 *   subscription  {applicationId}:{apiContext}:{apiVersion}:{tier}
 *   api           {apiContext}:{apiVersion}
 *   resource      {apiContext}/{apiVersion}{template}:{VERB}
 *   hard limit    {apiContext}:{apiVersion}:{keyType}
 *   user level    api or resource key + _{user@tenant}
 *   condition     api, resource or user level key + _condition_{i} or _default
 *
 * Two different tuples never give one key, also across levels, whatever the names hold: the separator is escaped
 * inside parts (`%3A`), so the number of colons tells the level, and the few remaining doubtful cases are escaped or
 * get a longer form. Keys are data, never code: nothing that reads them splits them again.
 */

/** Key of a quota per application and user. `qualifiedUser` is `user@tenant`. */
export function applicationKey(applicationId: number | string, qualifiedUser: string): string {
  return `${idPart(applicationId)}:${part(qualifiedUser)}`;
}

/** Key under which a user's quota is counted after its reset number `number`, until the window ends. */
export function resetKey(key: string, number: number): string {
  return `${key}%reset${number}`;
}

/** Key of a business plan's quota. `apiContext` ends with the version (the record's `basePath`). */
export function subscriptionKey(
  applicationId: number | string,
  apiContext: string,
  apiVersion: string,
  tier: string,
): string {
  return `${idPart(applicationId)}:${contextPart(apiContext)}:${part(apiVersion)}:${part(tier)}`;
}

/** Key of an advanced policy on a whole API. */
export function apiKey(apiContext: string, apiVersion: string): string {
  return `${contextPart(apiContext)}:${apiVersionPart(apiVersion)}`;
}

/** Key of an advanced policy on one operation. Splits and compares: make it once per operation, not per request. */
export function resourceKey(apiContext: string, apiVersion: string, template: string, verb: string): string {
  const context = contextPart(apiContext);
  const version = part(apiVersion);
  const path = part(template);
  if (/^[A-Z]+$/.test(verb) && readsBackAs(context, version, path)) return `${context}/${version}${path}:${verb}`;
  return `:resource:${context}:${version}:${path}:${part(verb).replaceAll('_', '%5F')}`;
}

/** Key of an API's back-end protection (`maxTps`), which counts per gateway process. */
export function hardLimitKey(apiContext: string, apiVersion: string, keyType: string): string {
  return `${contextPart(apiContext)}:${part(apiVersion)}:${part(keyType)}`;
}

/** Key of a plan's burst limit: beside the quota of the same subscription, local to the gateway. */
export function burstKey(subscriptionThrottleKey: string): string {
  return `${subscriptionThrottleKey}%burst`;
}

/** Key of an advanced policy whose applicable level is the user: `key` comes from `apiKey` or `resourceKey`. */
export function userLevelKey(key: string, qualifiedUser: string): string {
  const tail = key.lastIndexOf(':') + 1;
  const base = key.includes('_', tail) ? key.slice(0, tail) + key.slice(tail).replaceAll('_', '%5F') : key;
  // Every user-level key has `_` and an at sign behind its last colon, and no other key has both.
  const user = part(qualifiedUser).replace(conditionTail, '%5F');
  return `${base}_${user}${qualifiedUser.includes('@') ? '' : '%40'}`;
}

/** Key of one condition group of an advanced policy, or of what is in none; `key` is of the other advanced kinds. */
export function conditionKey(key: string, group: number | 'default'): string {
  return group === 'default' ? `${key}_default` : `${key}_condition_${group}`;
}

/** What a name ends with that would read as the key of a condition group. */
const conditionTail = /_(?=(?:condition_\d+|default)$)/;

function part(text: string): string {
  if (!text.includes(':') && !text.includes('%')) return text;
  return text.replaceAll('%', '%25').replaceAll(':', '%3A');
}

/** An id never begins like a context, which keeps application keys apart from API keys. */
function idPart(id: number | string): string {
  return typeof id === 'number' ? String(id) : part(id).replaceAll('/', '%2F');
}

function contextPart(context: string): string {
  return context.startsWith('/') ? part(context) : `/%+${part(context)}`;
}

/** A version that looks like an HTTP method or like a user-level suffix would read as another level. */
function apiVersionPart(version: string): string {
  const text = part(version);
  if (/^[A-Z]+$/.test(text)) return `%${text.charCodeAt(0).toString(16).toUpperCase()}${text.slice(1)}`;
  return text.includes('@') ? text.replaceAll('_', '%5F') : text.replace(conditionTail, '%5F');
}

/**
 * Whether the slash-joined form can be read in one way only. The reader takes the first path segment that repeats an
 * earlier one as the version, because a context ends with (or holds) its version.
 */
function readsBackAs(context: string, version: string, template: string): boolean {
  const segments = `${context}/${version}${template}`.split('/');
  const seen = new Set<string>();
  let at = 1;
  while (at < segments.length && !seen.has(segments[at] as string)) seen.add(segments[at++] as string);
  if (segments[at] !== version) return false;
  const readContext = segments.slice(0, at).join('/');
  const rest = segments.slice(at + 1);
  return readContext === context && (rest.length === 0 ? '' : `/${rest.join('/')}`) === template;
}
