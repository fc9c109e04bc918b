import { statusRefusal } from '../../pipeline/verdict.js';
import { mediaTypeOf } from '../media-type.js';
import type { PolicyFactory } from '../policy.js';

export const restrictContentType: PolicyFactory<'restrictContentType'> = ({ contentTypes }) => {
  const allowed = contentTypes.split(',').map((type) => type.trim().toLowerCase());
  const exact = new Set(allowed.filter((type) => !type.endsWith('/*')));
  const ranges = new Set(allowed.filter((type) => type.endsWith('/*')).map((type) => type.slice(0, -1)));
  const refused = statusRefusal(415, 'Unsupported Media Type', `The API takes bodies of ${allowed.join(', ')}.`);
  return {
    request({ fields, bodyBytes }) {
      if (bodyBytes === 0) return null;
      const type = mediaTypeOf(fields);
      return exact.has(type) || ranges.has(type.slice(0, type.indexOf('/') + 1)) ? null : refused;
    },
  };
};
