import { Alert, Button, Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { useErrorText } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useCopyApi } from '../../queries/apis';
import type { Api } from '../../types';

interface NewVersionProps {
  readonly api: Api;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Makes the next version of an API as a copy, and goes there. */
export function NewVersion({ api, opened, onClose }: NewVersionProps): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const navigate = useNavigate();
  const [newVersion, setVersion] = useState(nextMajor(api.version));
  const [defaultVersion, setDefault] = useState(false);
  const copy = useCopyApi(api.id);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    copy.mutate(
      { newVersion, defaultVersion },
      {
        onSuccess: ({ id }) => {
          onClose();
          void navigate(`/apis/${id}/overview`);
        },
      },
    );
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('api.newVersion')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('common.version')}
            required
            maxLength={30}
            data-autofocus
            value={newVersion}
            onChange={(event) => setVersion(event.currentTarget.value)}
          />
          <Switch
            label={t('api.makeDefault')}
            checked={defaultVersion}
            onChange={(event) => setDefault(event.currentTarget.checked)}
          />
          {copy.error !== null && (
            <Alert color="danger" role="alert">
              {errorText(copy.error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={copy.isPending} disabled={newVersion.trim() === ''}>
              {t('common.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** `1.4.2` → `2.0.0`, `v1` → `v2`; what has no number stays. */
function nextMajor(version: string): string {
  return version.replace(
    /\d+(.*)$/,
    (all, rest: string) => `${Number.parseInt(all, 10) + 1}${rest.replaceAll(/\d+/g, '0')}`,
  );
}
