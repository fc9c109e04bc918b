import type { ReactNode } from 'react';
import { toneClass, type Tone } from '../theme/tones';

const tones: Readonly<Record<string, Tone>> = { GET: 'info', POST: 'ok', PUT: 'warn', PATCH: 'wait', DELETE: 'bad' };

/** An HTTP method, all of one width. */
export function MethodBadge({ method }: { readonly method: string }): ReactNode {
  return <span className={`${toneClass(tones[method.toUpperCase()] ?? 'neutral')} tg-method`}>{method}</span>;
}
