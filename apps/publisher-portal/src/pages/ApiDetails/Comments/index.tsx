import { Alert } from '@mantine/core';
import { Comments, useSession } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { rest } from '../../../rest';
import { useLoadedApi } from '../api-context';

/** What developers and the makers of the API say about it. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { body: api } = useLoadedApi();
  const { can } = useSession();
  return (
    <Comments
      rest={rest}
      apiId={api.id}
      mayWrite={can('apim:comment_write', 'apim:comment_manage')}
      mayModerate={can('apim:admin')}
      invitation={<Alert color="gray">{t('error.readOnly')}</Alert>}
    />
  );
}
