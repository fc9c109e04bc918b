import type { Versioned } from '@tollgate/ui';
import { useOutletContext } from 'react-router';
import type { Application } from '../../types';

/** The application that the frame of the page has loaded, with its version. */
export function useLoadedApplication(): Versioned<Application> {
  return useOutletContext<Versioned<Application>>();
}
