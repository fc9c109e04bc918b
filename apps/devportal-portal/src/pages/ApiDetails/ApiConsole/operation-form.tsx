import { Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldKey, type BodyText, type Filled } from './call';
import type { ConsoleOperation, ConsoleParameter } from './operations';

interface OperationFormProps {
  readonly operation: ConsoleOperation;
  readonly filled: Filled;
  readonly onFill: (filled: Filled) => void;
  /** null: the operation takes none, or none is sent. */
  readonly body: BodyText | null;
  readonly onWrite: (body: BodyText | null) => void;
}

/** One field per parameter, and the body with an example of its schema. */
export function OperationForm({ operation, filled, onFill, body, onWrite }: OperationFormProps): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      {operation.summary !== '' && <Text size="sm">{operation.summary}</Text>}
      {operation.parameters.map((parameter) => (
        <ParameterField
          key={fieldKey(parameter)}
          parameter={parameter}
          value={filled[fieldKey(parameter)] ?? ''}
          onChange={(value) => onFill({ ...filled, [fieldKey(parameter)]: value })}
        />
      ))}
      {operation.bodies.length > 0 && (
        <Stack gap="xs">
          <Select
            label={t('console.mediaType')}
            data={operation.bodies.map(({ mediaType }) => mediaType)}
            placeholder={t('console.noBody')}
            clearable
            value={body?.mediaType ?? null}
            onChange={(mediaType) => {
              const chosen = operation.bodies.find((each) => each.mediaType === mediaType);
              onWrite(chosen === undefined ? null : { mediaType: chosen.mediaType, text: chosen.example });
            }}
          />
          {body !== null && (
            <Textarea
              label={t('console.body')}
              classNames={{ input: 'tg-mono' }}
              autosize
              minRows={4}
              maxRows={20}
              spellCheck={false}
              value={body.text}
              onChange={(event) => onWrite({ ...body, text: event.currentTarget.value })}
            />
          )}
        </Stack>
      )}
    </>
  );
}

interface ParameterFieldProps {
  readonly parameter: ConsoleParameter;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ParameterField({ parameter, value, onChange }: ParameterFieldProps): ReactNode {
  const { t } = useTranslation();
  const about = [t(`console.in.${parameter.in}`), parameter.description].filter((each) => each !== '').join(' · ');
  const label = parameter.name === '*' ? t('console.rest') : parameter.name;
  if (parameter.choices.length > 0)
    return (
      <Select
        label={label}
        description={about}
        required={parameter.required}
        clearable={!parameter.required}
        data={[...new Set(parameter.choices)]}
        value={value === '' ? null : value}
        onChange={(chosen) => onChange(chosen ?? '')}
      />
    );
  return (
    <TextInput
      label={label}
      description={about}
      required={parameter.required}
      placeholder={parameter.example}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
