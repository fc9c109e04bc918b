import { resourceSeparator } from '@tollgate/oauth/domain';
import type { FastifyRequest } from 'fastify';
import { OAuthError } from './oauth-error.js';

/**
 * Parameters of an OAuth request, each given once and not empty (RFC 6749 section 3.2); only `resource` may be repeated
 * (RFC 8707 section 2) and holds all its values, see `readResources`.
 */
export type Parameters = ReadonlyMap<string, string>;

const maxValueLength = 8192;

/**
 * Reads the form. JSON is taken for the password grant only: clients of the field send that one so.
 * @throws OAuthError `invalid_request` for another body, a repeated parameter or an overlong one
 */
export function readParameters(request: FastifyRequest): Parameters {
  const pairs = request.body instanceof URLSearchParams ? [...request.body] : jsonPairs(request.body);
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    if (seen.has(name) && name !== 'resource') throw new OAuthError('invalid_request', 'A parameter is repeated.');
    seen.add(name);
    if (value.length > maxValueLength) throw new OAuthError('invalid_request', 'A parameter is too long.');
    if (value === '') continue; // sent without a value counts as not sent
    const former = parameters.get(name);
    parameters.set(name, former === undefined ? value : former + resourceSeparator + value);
  }
  return parameters;
}

function jsonPairs(body: unknown): [string, string][] {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const pairs = isObject ? Object.entries(body) : [];
  if (!pairs.some(([name, value]) => name === 'grant_type' && value === 'password'))
    throw new OAuthError('invalid_request', 'Send the parameters as application/x-www-form-urlencoded.');
  return pairs.map(([name, value]) => {
    if (typeof value !== 'string') throw new OAuthError('invalid_request', 'Every parameter is a text.');
    return [name, value];
  });
}
