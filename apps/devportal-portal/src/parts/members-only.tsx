import { Button } from '@mantine/core';
import { EmptyState, useSession } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** What a visitor sees of a page that is about the reader's own things: the way to sign in, and back here. */
export function MembersOnly({ why, children }: { readonly why: string; readonly children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { session, signIn } = useSession();
  if (session !== null) return children;
  return (
    <EmptyState title={t('visitor.title')} why={why} action={<Button onClick={signIn}>{t('visitor.signIn')}</Button>} />
  );
}
