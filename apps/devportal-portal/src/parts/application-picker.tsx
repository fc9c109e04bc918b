import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useEveryApplication } from '../queries/applications';

interface ApplicationPickerProps {
  /** Id of the application; `null`: none yet. */
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
  /** Left out of the choice. */
  readonly without?: ReadonlySet<string>;
  readonly description?: string;
}

/** A choice among the reader's applications that are not waiting for approval. */
export function ApplicationPicker({ value, onChange, without, description }: ApplicationPickerProps): ReactNode {
  const { t } = useTranslation();
  const found = useEveryApplication();
  const data = (found.data ?? [])
    .filter(({ applicationId, status }) => status === 'APPROVED' && without?.has(applicationId) !== true)
    .map(({ applicationId, name }) => ({ value: applicationId, label: name }));
  return (
    <Select
      label={t('application.one')}
      description={description}
      placeholder={t('application.choose')}
      nothingFoundMessage={t('application.noChoice')}
      searchable
      limit={200}
      data={data}
      value={value}
      onChange={onChange}
    />
  );
}
