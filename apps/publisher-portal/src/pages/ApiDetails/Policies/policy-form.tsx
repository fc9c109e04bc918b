import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { OperationPolicy, PolicyAttribute, PolicyParameters } from '../../../types';
import { usePolicyTexts } from './policy-texts';

interface PolicyFormProps {
  readonly policy: OperationPolicy;
  readonly given: PolicyParameters;
  readonly onApply: (parameters: PolicyParameters) => void;
  readonly onClose: () => void;
}

/** The settings of one use of a policy, as its attributes ask for them. */
export function PolicyForm({ policy, given, onApply, onClose }: PolicyFormProps): ReactNode {
  const { t } = useTranslation();
  const { nameOf, aboutOf } = usePolicyTexts();
  const { policyAttributes: attributes } = policy;
  const [values, setValues] = useState(() =>
    Object.fromEntries(attributes.map((one) => [one.name, String(given[one.name] ?? one.defaultValue ?? '')])),
  );
  const [isTried, setTried] = useState(false);
  const problems = attributes.filter((attribute) => !fits(attribute, values[attribute.name] ?? ''));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (problems.length === 0) onApply(parametersOf(attributes, values));
  };
  return (
    <Modal opened onClose={onClose} title={nameOf(policy)} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Text size="sm">{aboutOf(policy)}</Text>
          {attributes.map((attribute) => (
            <AttributeField
              key={attribute.name}
              attribute={attribute}
              value={values[attribute.name] ?? ''}
              error={isTried && problems.includes(attribute) ? t('policies.unfit') : undefined}
              onChange={(value) => setValues((before) => ({ ...before, [attribute.name]: value }))}
            />
          ))}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit">{t('policies.apply')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function fits({ type, required, validationRegex }: PolicyAttribute, value: string): boolean {
  if (value === '') return !required;
  return (
    type === 'Enum' || type === 'Boolean' || validationRegex === undefined || new RegExp(validationRegex).test(value)
  );
}

function parametersOf(
  attributes: readonly PolicyAttribute[],
  values: Readonly<Record<string, string>>,
): PolicyParameters {
  const given = attributes.filter(({ name }) => (values[name] ?? '') !== '');
  return Object.fromEntries(given.map(({ name, type }) => [name, valueOf(type, values[name] ?? '')]));
}

function valueOf(type: PolicyAttribute['type'], text: string): string | number | boolean {
  if (type === 'Boolean') return text === 'true';
  return type === 'Integer' ? Number(text) : text;
}

interface AttributeFieldProps {
  readonly attribute: PolicyAttribute;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

function AttributeField({ attribute, value, error, onChange }: AttributeFieldProps): ReactNode {
  const { labelOf, helpOf } = usePolicyTexts();
  const { type, required, allowedValues = [] } = attribute;
  const common = { label: labelOf(attribute), description: helpOf(attribute), error, required };
  const onInput = (event: { readonly currentTarget: { readonly value: string } }): void =>
    onChange(event.currentTarget.value);
  if (type === 'Boolean')
    return (
      <Checkbox
        label={common.label}
        description={common.description}
        checked={value === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    );
  if (type === 'Enum') {
    const data = required && value === '' ? ['', ...allowedValues] : [...allowedValues];
    return <NativeSelect {...common} data={data} value={value} onChange={onInput} />;
  }
  if (type === 'Text')
    return (
      <Textarea {...common} autosize minRows={4} maxRows={16} spellCheck={false} value={value} onChange={onInput} />
    );
  return (
    <TextInput
      {...common}
      spellCheck={false}
      autoComplete="off"
      inputMode={type === 'Integer' ? 'numeric' : 'text'}
      value={value}
      onChange={onInput}
    />
  );
}
