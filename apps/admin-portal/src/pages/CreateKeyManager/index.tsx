import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { PageHeader, ProblemList, showDone } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { KeyManagerForm, newKeyManager } from '../../parts/key-manager-form';
import { useDiscovery, useKeyManagerChanges } from '../../queries/key-managers';

/** Starts with the well-known address, from which the key manager itself fills in the rest. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [value, setValue] = useState(newKeyManager);
  const discovery = useDiscovery();
  const { create } = useKeyManagerChanges();
  const change = (more: Partial<typeof value>): void => setValue((before) => ({ ...before, ...more }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate(
      { ...value, displayName: value.displayName || value.name },
      {
        onSuccess: ({ name }) => {
          showDone(t('done.created', { name }));
          void navigate('/settings/key-managers');
        },
      },
    );
  };
  return (
    <>
      <PageHeader title={t('keyManager.create')} about={t('keyManager.about')} />
      <form onSubmit={submit}>
        <Stack maw={720}>
          <Group align="flex-end" gap="xs">
            <TextInput
              flex={1}
              miw={240}
              label={t('keyManager.field.wellKnownEndpoint')}
              description={t('keyManager.wellKnownHelp')}
              value={value.wellKnownEndpoint}
              onChange={(event) => change({ wellKnownEndpoint: event.currentTarget.value })}
            />
            <Button
              variant="default"
              loading={discovery.isPending}
              disabled={value.wellKnownEndpoint.trim() === ''}
              onClick={() =>
                discovery.mutate(value.wellKnownEndpoint.trim(), {
                  onSuccess: (found) => {
                    if (found !== null) change(found);
                  },
                })
              }
            >
              {t('keyManager.discover')}
            </Button>
          </Group>
          <ProblemList error={discovery.error} />
          {discovery.data === null && (
            <Alert color="yellow" role="alert">
              {t('keyManager.nothing')}
            </Alert>
          )}
          {discovery.data && <Alert color="brand">{t('keyManager.filled')}</Alert>}
          <KeyManagerForm value={value} onChange={change} error={create.error} />
          <ProblemList error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending} disabled={value.name.trim() === ''}>
              {t('keyManager.create')}
            </Button>
            <Button component={Link} to="/settings/key-managers" variant="default">
              {t('common.cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  );
}
