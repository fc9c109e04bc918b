import { isPatch } from '@tollgate/api/contract';
import { patched } from '../json-patch.js';
import { BodyProblem, onJson } from '../body-policy.js';
import type { PolicyFactory } from '../policy.js';

export const patchJson: PolicyFactory<'patchJson'> = ({ patch }) => {
  const operations: unknown = JSON.parse(patch);
  if (!isPatch(operations)) throw new Error('patchJson: its patch is none.');
  return onJson((value) => {
    const result = patched(value, operations);
    if ('problem' in result) throw new BodyProblem(`The body cannot be patched: ${result.problem}`);
    return result.value;
  });
};
