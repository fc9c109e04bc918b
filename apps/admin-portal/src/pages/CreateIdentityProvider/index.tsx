import { Button, Group, Stack } from '@mantine/core';
import { PageHeader, ProblemList, showDone } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { IdentityProviderForm, newIdentityProvider } from '../../parts/identity-provider-form';
import { useIdentityProviderChanges } from '../../queries/identity-providers';

/** Ends at the provider's own page, which shows the address to register there. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [value, setValue] = useState(newIdentityProvider);
  const { create } = useIdentityProviderChanges();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate(value, {
      onSuccess: ({ id, name }) => {
        showDone(t('done.created', { name }));
        void navigate(`/settings/identity-providers/${id}`);
      },
    });
  };
  return (
    <>
      <PageHeader title={t('identityProvider.create')} about={t('identityProvider.about')} />
      <form onSubmit={submit}>
        <Stack maw={720}>
          <IdentityProviderForm
            value={value}
            onChange={(more) => setValue((before) => ({ ...before, ...more }))}
            error={create.error}
            isNew
          />
          <ProblemList error={create.error} />
          <Group>
            <Button type="submit" loading={create.isPending}>
              {t('identityProvider.create')}
            </Button>
            <Button component={Link} to="/settings/identity-providers" variant="default">
              {t('common.cancel')}
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  );
}
