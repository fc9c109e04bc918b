import { Alert, Button, FileButton, Group, List, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useErrorText } from '@tollgate/ui';
import { IconUpload } from '@tabler/icons-react';
import { useState, type DragEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Source } from '../../queries/create-api';
import type { DefinitionCheck } from '../../types';

interface DefinitionSourceProps {
  readonly onSource: (source: Source) => Promise<void>;
  readonly busy: boolean;
  readonly checked: DefinitionCheck | null;
  readonly error: unknown;
}

/** An OpenAPI definition as a file (chosen or dropped), behind an address, or pasted; and what the server says of it. */
export function DefinitionSource({ onSource, busy, checked, error }: DefinitionSourceProps): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [url, setUrl] = useState('');
  const [text, setText] = useState('');
  const [fileName, setFileName] = useState('');
  const takeFile = (file: File | null | undefined): void => {
    if (!file) return;
    setFileName(file.name);
    void onSource({ kind: 'file', file });
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    takeFile(event.dataTransfer.files[0]);
  };
  return (
    <Stack>
      <Paper className="tg-surface" p="lg" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <Group justify="space-between">
          <Text size="sm">{fileName === '' ? t('create.drop') : fileName}</Text>
          <FileButton onChange={takeFile} accept=".json,.yaml,.yml,application/json,application/yaml">
            {(props) => (
              <Button {...props} loading={busy} leftSection={<IconUpload size={16} aria-hidden />} variant="default">
                {t('create.chooseFile')}
              </Button>
            )}
          </FileButton>
        </Group>
      </Paper>
      <Group align="flex-end">
        <TextInput
          flex={1}
          label={t('create.url')}
          type="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={url === ''}
          loading={busy}
          onClick={() => void onSource({ kind: 'url', url })}
        >
          {t('create.check')}
        </Button>
      </Group>
      <Textarea
        label={t('create.paste')}
        autosize
        minRows={3}
        maxRows={14}
        spellCheck={false}
        classNames={{ input: 'tg-mono' }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text.trim() !== '' && (
        <Group>
          <Button variant="default" loading={busy} onClick={() => void onSource({ kind: 'text', text })}>
            {t('create.check')}
          </Button>
        </Group>
      )}
      {error !== null && (
        <Alert color="danger" role="alert" title={t('error.title')}>
          {errorText(error)}
        </Alert>
      )}
      {checked !== null && <CheckResult checked={checked} />}
    </Stack>
  );
}

function CheckResult({ checked }: { readonly checked: DefinitionCheck }): ReactNode {
  const { t } = useTranslation();
  if (checked.isValid)
    return (
      <Alert color="green" role="status" title={t('create.valid', { version: checked.info?.openAPIVersion ?? '' })}>
        {checked.info?.name} {checked.info?.version}
      </Alert>
    );
  return (
    <Alert color="danger" role="alert" title={t('create.invalid')}>
      <List size="sm">
        {(checked.errors ?? []).map(({ message, description }) => (
          <List.Item key={`${message} ${description}`}>
            {message} <span className="tg-mono">{description}</span>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
