import { Button } from '@mantine/core';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Removal } from './remove-dialog';

/** Loaded when it is asked for: lists are the first pages people load. */
const RemoveDialog = lazy(async () => ({ default: (await import('./remove-dialog')).RemoveDialog }));

/** Deletes one thing of a list after a question that names it. */
export function RemoveButton(removal: Removal): ReactNode {
  const { t } = useTranslation();
  const [asks, ask] = useState(false);
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`${t('common.delete')}: ${removal.name}`}
        onClick={() => ask(true)}
      >
        {t('common.delete')}
      </Button>
      {asks && (
        <Suspense>
          <RemoveDialog {...removal} onClose={() => ask(false)} />
        </Suspense>
      )}
    </>
  );
}
