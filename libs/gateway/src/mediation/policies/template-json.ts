import { valueAt } from '../json-pointer.js';
import { onJson } from '../body-policy.js';
import type { PolicyFactory } from '../policy.js';

export const templateJson: PolicyFactory<'templateJson'> = ({ template }) => {
  const parsed: unknown = JSON.parse(template);
  return onJson((value) => filled(parsed, value));
};

/** A text that is a placeholder as a whole becomes the value itself, whatever its type. */
function filled(template: unknown, value: unknown): unknown {
  if (typeof template === 'string') {
    const pointer = /^\$\{(\/.*)?\}$/.exec(template);
    return pointer ? (valueAt(value, pointer[1] ?? '') ?? null) : template;
  }
  if (Array.isArray(template)) return template.map((item) => filled(item, value));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, item]) => [name, filled(item, value)]));
}
