import { PageHeader, showDone } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { EnvironmentForm } from '../../parts/environment-form';
import { newVhost } from '../../parts/vhost-fields';
import { useEnvironmentChanges } from '../../queries/environments';

const start = { name: '', displayName: '', description: '', vhosts: [newVhost] };

export function Component(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { create } = useEnvironmentChanges();
  return (
    <>
      <PageHeader title={t('environment.create')} about={t('environment.about')} />
      <EnvironmentForm
        start={start}
        isNew
        busy={create.isPending}
        error={create.error}
        action={t('environment.create')}
        onSubmit={(value) =>
          create.mutate(value, {
            onSuccess: ({ name }) => {
              showDone(t('done.created', { name }));
              void navigate('/settings/environments');
            },
          })
        }
      />
    </>
  );
}
