import {
  Alert,
  Button,
  FileInput,
  Group,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { Markdown, splitProblems } from '@tollgate/ui';
import { IconUpload } from '@tabler/icons-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { holdsText } from '../../queries/documents';
import { documentSources, documentTypes, documentVisibilities, type DocumentInput } from '../../types';

interface DocumentFormProps {
  readonly start: DocumentInput;
  /** Of the file that is stored already. */
  readonly fileName?: string | undefined;
  readonly back: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onSave: (input: DocumentInput, file: File | null) => void;
}

const fields = ['name', 'otherTypeName', 'summary', 'sourceUrl', 'inlineContent', 'file'];

/** What a document is, and its content; Markdown is shown beside as it will look. */
export function DocumentForm({ start, fileName, back, busy, error, onSave }: DocumentFormProps): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(start);
  const [file, setFile] = useState<File | null>(null);
  const problems = error ? splitProblems(error, (path) => fields.find((field) => path.startsWith(field))) : null;
  const at = (field: string): string | undefined => problems?.fields[field];
  const change = (changes: Partial<DocumentInput>): void => setDraft({ ...draft, ...changes });
  const choices = (values: readonly string[], group: string) =>
    values.map((value) => ({ value, label: t(`documents.${group}.${value}`) }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSave(draft, file);
  };
  const lacksFile = draft.sourceType === 'FILE' && file === null && fileName === undefined;
  return (
    <form onSubmit={submit}>
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }} maw={960}>
          <TextInput
            label={t('common.name')}
            required
            maxLength={60}
            value={draft.name}
            error={at('name')}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <NativeSelect
            label={t('documents.type')}
            data={choices(documentTypes, 'types')}
            value={draft.type}
            onChange={(event) => change({ type: event.currentTarget.value as DocumentInput['type'] })}
          />
          {draft.type === 'OTHER' && (
            <TextInput
              label={t('documents.otherType')}
              required
              maxLength={60}
              value={draft.otherTypeName ?? ''}
              error={at('otherTypeName')}
              onChange={(event) => change({ otherTypeName: event.currentTarget.value })}
            />
          )}
          <NativeSelect
            label={t('documents.visibility')}
            data={choices(documentVisibilities, 'visible')}
            value={draft.visibility}
            onChange={(event) => change({ visibility: event.currentTarget.value as DocumentInput['visibility'] })}
          />
          <NativeSelect
            label={t('documents.source')}
            data={choices(documentSources, 'sources')}
            value={draft.sourceType}
            onChange={(event) => change({ sourceType: event.currentTarget.value as DocumentInput['sourceType'] })}
          />
        </SimpleGrid>
        <Textarea
          label={t('documents.summary')}
          maw={960}
          autosize
          maxLength={32_766}
          value={draft.summary ?? ''}
          error={at('summary')}
          onChange={(event) => change({ summary: event.currentTarget.value })}
        />
        {draft.sourceType === 'URL' && (
          <TextInput
            label={t('documents.url')}
            required
            type="url"
            maw={960}
            value={draft.sourceUrl ?? ''}
            error={at('sourceUrl')}
            onChange={(event) => change({ sourceUrl: event.currentTarget.value })}
          />
        )}
        {draft.sourceType === 'FILE' && (
          <FileInput
            label={t('documents.file')}
            description={fileName === undefined ? t('documents.fileHelp') : t('documents.present', { name: fileName })}
            placeholder={t('create.chooseFile')}
            leftSection={<IconUpload size={16} aria-hidden />}
            maw={960}
            value={file}
            error={at('file')}
            onChange={setFile}
          />
        )}
        {holdsText(draft.sourceType) && (
          <SimpleGrid cols={{ base: 1, md: draft.sourceType === 'MARKDOWN' ? 2 : 1 }}>
            <Textarea
              label={t('documents.text')}
              autosize
              minRows={12}
              maxRows={30}
              classNames={{ input: 'tg-mono' }}
              value={draft.inlineContent ?? ''}
              error={at('inlineContent')}
              onChange={(event) => change({ inlineContent: event.currentTarget.value })}
            />
            {draft.sourceType === 'MARKDOWN' && (
              <Stack gap={4} component="section" aria-label={t('documents.preview')}>
                <Text size="sm" fw={500}>
                  {t('documents.preview')}
                </Text>
                <Markdown text={draft.inlineContent ?? ''} />
              </Stack>
            )}
          </SimpleGrid>
        )}
        {problems?.rest && (
          <Alert color="danger" role="alert">
            {problems.rest}
          </Alert>
        )}
        <Group>
          <Button type="submit" loading={busy} disabled={draft.name.trim() === '' || lacksFile}>
            {t('common.save')}
          </Button>
          <Button component={Link} to={back} variant="default">
            {t('common.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the source needs and no more: the rest was typed before another source was chosen. */
export function inputOf({ otherTypeName, sourceUrl, inlineContent, ...rest }: DocumentInput): DocumentInput {
  const { name, type, summary = '', sourceType, visibility } = rest;
  return {
    name,
    type,
    sourceType,
    visibility,
    ...(summary === '' ? {} : { summary }),
    ...(type === 'OTHER' ? { otherTypeName: otherTypeName ?? '' } : {}),
    ...(sourceType === 'URL' ? { sourceUrl: sourceUrl ?? '' } : {}),
    ...(holdsText(sourceType) ? { inlineContent: inlineContent ?? '' } : {}),
  };
}
