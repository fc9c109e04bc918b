import { PageHeader } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { MembersOnly } from '../../parts/members-only';
import { NewApplication } from '../../parts/new-application';

export function Component(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={t('applications.create')} about={t('applications.createAbout')} />
      <MembersOnly why={t('applications.visitorWhy')}>
        <NewApplication onMade={({ applicationId }) => void navigate(`/applications/${applicationId}/overview`)} />
      </MembersOnly>
    </>
  );
}
