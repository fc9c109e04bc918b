import { Group, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../types';

interface TargetFormProps {
  readonly names: readonly string[];
  readonly name: string;
  readonly environments: Api['endpointURLs'];
  readonly environment: string;
  readonly transports: readonly string[];
  readonly transport: string;
  readonly onChange: (changes: { operation?: string; environment?: string; transport?: string }) => void;
}

/** Which operation is called, and at which gateways. A choice of one is not asked for. */
export function TargetForm({
  names,
  name,
  environments,
  environment,
  transports,
  transport,
  onChange,
}: TargetFormProps): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t('console.operation')}
        data={[...names]}
        searchable
        limit={100}
        allowDeselect={false}
        value={name}
        onChange={(operation) => operation !== null && onChange({ operation })}
      />
      {(environments.length > 1 || transports.length > 1) && (
        <Group grow preventGrowOverflow={false}>
          {environments.length > 1 && (
            <Select
              label={t('console.environment')}
              data={environments.map((each) => ({ value: each.environmentName, label: each.environmentDisplayName }))}
              allowDeselect={false}
              value={environment}
              onChange={(chosen) => chosen !== null && onChange({ environment: chosen })}
            />
          )}
          {transports.length > 1 && (
            <Select
              label={t('console.transport')}
              data={[...transports]}
              allowDeselect={false}
              value={transport}
              onChange={(chosen) => chosen !== null && onChange({ transport: chosen })}
            />
          )}
        </Group>
      )}
    </>
  );
}
