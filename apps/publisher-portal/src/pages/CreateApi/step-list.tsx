import { Button, List, Stack } from '@mantine/core';
import { ErrorPanel, PageHeader, StateBadge } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { publishSteps, type PublishStep } from '../../queries/create-api';

export interface Progress {
  readonly apiId: string;
  /** The step that runs, or that failed. */
  readonly step: PublishStep;
  readonly error: unknown;
}

/** The steps to a published API: what is done, what runs, and where it stopped. The API itself exists already. */
export function StepList({ progress: { apiId, step, error } }: { readonly progress: Progress }): ReactNode {
  const { t } = useTranslation();
  const at = publishSteps.indexOf(step);
  const stateOf = (index: number): string => {
    if (index < at) return 'APPROVED';
    if (index > at) return 'PENDING';
    return error === null ? 'PENDING' : 'REJECTED';
  };
  return (
    <>
      <PageHeader title={t('create.title')} />
      <Stack maw={720} role="status">
        <List spacing="sm" listStyleType="none">
          <List.Item>
            <StateBadge state="APPROVED" /> {t('create.step.create')}
          </List.Item>
          {publishSteps.map((each, index) => (
            <List.Item key={each}>
              <StateBadge state={stateOf(index)} /> {t(`create.step.${each}`)}
            </List.Item>
          ))}
        </List>
        {error !== null && (
          <>
            <ErrorPanel error={error} />
            <Button component={Link} to={`/apis/${apiId}/overview`} w="fit-content">
              {t('create.continue')}
            </Button>
          </>
        )}
      </Stack>
    </>
  );
}
