import { normalisePath } from '../../pipeline/path.js';
import { statusRefusal } from '../../pipeline/verdict.js';
import type { PolicyFactory } from '../policy.js';

const unclear = statusRefusal(400, 'Bad Request', 'The path of the request cannot be passed on.');

/**
 * Another path below the endpoint's base path. `{name}` is the segment at that place of the operation's template, `/*` at
 * the end what its `/*` matched. What comes out is brought into its normal form once more, so nothing climbs out.
 */
export const rewriteResourcePath: PolicyFactory<'rewriteResourcePath'> = (
  { newResourcePath, includeQueryParams },
  { target },
) => {
  const template = target.split('/');
  const segments = newResourcePath.split('/');
  const isOpen = segments.at(-1) === '*';
  if (isOpen) segments.pop();
  const fixed = template.at(-1) === '*' ? template.length - 1 : template.length;
  const parts = segments.map((segment) => (segment.includes('{') ? placeOf(segment, template) : segment));
  return {
    request(message) {
      const given = message.resource.split('/');
      const filled = parts.map((part) => (typeof part === 'number' ? (given[part] ?? '') : part));
      if (isOpen) filled.push(...given.slice(fixed));
      const normal = normalisePath(filled.join('/') || '/');
      if ('problem' in normal) return unclear;
      message.resource = normal.path;
      if (!includeQueryParams) message.query = '';
      return null;
    },
  };
};

function placeOf(segment: string, template: readonly string[]): number {
  const at = template.indexOf(segment);
  if (at < 0) throw new Error(`rewriteResourcePath: ${segment} is no segment of ${template.join('/')}.`);
  return at;
}
