import { lazy, Suspense, type ReactNode } from 'react';
import { Waiting } from '../data/states';

const View = lazy(() => import('./markdown-view'));

/** Text that people wrote in Markdown (GFM), shown without trusting it. Its parser is loaded when it is first needed. */
export function Markdown({ text }: { readonly text: string }): ReactNode {
  return (
    <Suspense fallback={<Waiting lines={3} />}>
      <View text={text} />
    </Suspense>
  );
}
