import { Button } from '@mantine/core';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const ImportDialog = lazy(async () => ({ default: (await import('./import-dialog')).ImportDialog }));

/** Makes or changes a policy from a file; the dialog is loaded when it is asked for. */
export function ImportPolicy(): ReactNode {
  const { t } = useTranslation();
  const [opened, open] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => open(true)}>
        {t('transfer.import')}
      </Button>
      {opened && (
        <Suspense>
          <ImportDialog onClose={() => open(false)} />
        </Suspense>
      )}
    </>
  );
}
