import { Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { splitProblems } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CustomRule } from '../types';
import { RuleEditor } from './rule-editor';
import { ruleTemplates } from './rule-templates';

interface RuleFormProps {
  readonly value: CustomRule;
  readonly onChange: (more: Partial<CustomRule>) => void;
  readonly error: unknown;
  readonly readOnly: boolean;
  readonly isNew: boolean;
}

/** Name, key template and text of a custom rule. */
export function RuleForm({ value, onChange, error, readOnly, isNew }: RuleFormProps): ReactNode {
  const { t } = useTranslation();
  const problems = error === null ? {} : splitProblems(error, (path) => path).fields;
  return (
    <Stack>
      <TextInput
        label={t('common.name')}
        required
        maxLength={60}
        readOnly={readOnly}
        value={value.policyName}
        error={problems['policyName']}
        onChange={(event) => onChange({ policyName: event.currentTarget.value })}
      />
      <Textarea
        label={t('common.description')}
        description={t('common.optional')}
        maxLength={1024}
        rows={2}
        readOnly={readOnly}
        value={value.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      {isNew && (
        <Stack gap={4}>
          <Text size="sm">{t('rule.begin')}</Text>
          <Group gap="xs">
            {ruleTemplates.map(({ name, keyTemplate, siddhiQuery }) => (
              <Button
                key={name}
                size="compact-sm"
                variant="default"
                onClick={() => onChange({ keyTemplate, siddhiQuery })}
              >
                {t(`rule.templates.${name}`)}
              </Button>
            ))}
          </Group>
        </Stack>
      )}
      <RuleEditor
        query={value.siddhiQuery}
        keyTemplate={value.keyTemplate}
        readOnly={readOnly}
        onChange={(siddhiQuery) => onChange({ siddhiQuery })}
      />
      <TextInput
        label={t('rule.keyTemplate')}
        description={t('rule.keyTemplateHelp')}
        required
        maxLength={190}
        readOnly={readOnly}
        classNames={{ input: 'tg-mono' }}
        value={value.keyTemplate}
        error={problems['keyTemplate']}
        onChange={(event) => onChange({ keyTemplate: event.currentTarget.value })}
      />
      <Checkbox
        label={t('rule.deployed')}
        description={t('rule.deployedHelp')}
        disabled={readOnly}
        checked={value.isDeployed}
        onChange={(event) => onChange({ isDeployed: event.currentTarget.checked })}
      />
    </Stack>
  );
}

export const newRule: CustomRule = {
  policyId: '',
  policyName: '',
  description: '',
  isDeployed: true,
  keyTemplate: ruleTemplates[0].keyTemplate,
  siddhiQuery: ruleTemplates[0].siddhiQuery,
};
