import { Button, Checkbox, FileInput, Group, Modal, Stack } from '@mantine/core';
import { ProblemList, showDone } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useImportPolicy } from '../queries/policies';

/** Reads a policy from a file that the export wrote. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [file, choose] = useState<File | null>(null);
  const [overwrite, setOverwrite] = useState(false);
  const read = useImportPolicy();
  const submit = (): void => {
    if (file === null) return;
    read.mutate(
      { file, overwrite },
      {
        onSuccess: () => {
          onClose();
          showDone(t('transfer.imported'));
        },
      },
    );
  };
  return (
    <Modal opened onClose={onClose} title={t('transfer.import')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <FileInput
          label={t('transfer.file')}
          description={t('transfer.fileHelp')}
          accept=".json,application/json"
          value={file}
          onChange={choose}
        />
        <Checkbox
          label={t('transfer.overwrite')}
          checked={overwrite}
          onChange={(event) => setOverwrite(event.currentTarget.checked)}
        />
        <ProblemList error={read.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button disabled={file === null} loading={read.isPending} onClick={submit}>
            {t('transfer.import')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
