import { useOutletContext } from 'react-router';
import type { Api } from '../../types';

/** The API that the frame of the page has loaded. */
export function useLoadedApi(): Api {
  return useOutletContext<Api>();
}
