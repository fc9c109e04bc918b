import { useParams } from 'react-router';
import { policyLevels, type PolicyLevel } from '../types';

/** The level in the address; `null`: none that there is. */
export function usePolicyLevel(): PolicyLevel | null {
  const { level } = useParams();
  return policyLevels.find((each) => each === level) ?? null;
}
