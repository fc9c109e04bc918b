import { Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlowName, OperationPolicy } from '../../../types';
import { useDragSource } from './dragged';
import { usePolicyTexts } from './policy-texts';

interface CatalogueProps {
  readonly policies: readonly OperationPolicy[];
  readonly onAdd: (policy: OperationPolicy, flow: FlowName) => void;
}

/** Everything that can be attached; each has a button for every flow that takes it. */
export function Catalogue({ policies, onAdd }: CatalogueProps): ReactNode {
  const { t } = useTranslation();
  const { nameOf, aboutOf } = usePolicyTexts();
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const found = policies.filter((policy) =>
    `${policy.name} ${nameOf(policy)} ${aboutOf(policy)}`.toLowerCase().includes(wanted),
  );
  return (
    <Stack component="section" aria-labelledby="policy-catalogue" gap="xs">
      <Title order={2} size="h4" id="policy-catalogue">
        {t('policies.catalogue')}
      </Title>
      <TextInput
        type="search"
        aria-label={t('policies.search')}
        placeholder={t('policies.search')}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Stack
        gap="xs"
        tabIndex={0}
        role="group"
        aria-labelledby="policy-catalogue"
        style={{ maxHeight: 420, overflow: 'auto' }}
      >
        {found.map((policy) => (
          <Entry key={policy.id} policy={policy} onAdd={onAdd} />
        ))}
        {found.length === 0 && <Text size="sm">{t('policies.notFound')}</Text>}
      </Stack>
    </Stack>
  );
}

function Entry({
  policy,
  onAdd,
}: {
  readonly policy: OperationPolicy;
  readonly onAdd: CatalogueProps['onAdd'];
}): ReactNode {
  const { t } = useTranslation();
  const { nameOf, aboutOf } = usePolicyTexts();
  const source = useDragSource({ policyName: policy.name, from: null }, false);
  return (
    <Paper className="tg-surface" p="xs" {...source} style={{ cursor: 'grab' }} data-policy={policy.name}>
      <Text fw={600} size="sm">
        {nameOf(policy)}
      </Text>
      <Text size="xs" c="dimmed">
        {aboutOf(policy)}
      </Text>
      <Group gap={6} mt={6}>
        {policy.applicableFlows.map((flow) => (
          <Button
            key={flow}
            size="compact-xs"
            variant="default"
            leftSection={<IconPlus size={12} aria-hidden />}
            aria-label={t('policies.addTo', { policy: nameOf(policy), flow: t(`policies.flow.${flow}`) })}
            onClick={() => onAdd(policy, flow)}
          >
            {t(`policies.flow.${flow}`)}
          </Button>
        ))}
      </Group>
    </Paper>
  );
}
