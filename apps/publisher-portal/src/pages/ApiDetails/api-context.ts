import type { Versioned } from '@tollgate/ui';
import { useOutletContext } from 'react-router';
import type { Api } from '../../types';

/** The API of the page with the version that was loaded; given by the frame of all API pages. */
export function useLoadedApi(): Versioned<Api> {
  return useOutletContext<Versioned<Api>>();
}
