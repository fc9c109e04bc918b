import { Anchor, Badge, Button, Code, Group, NavLink, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { EmptyState, ErrorPanel, Markdown, useUrlState, Waiting } from '@tollgate/ui';
import { IconDownload, IconExternalLink } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocuments, useDocumentText, useDownload } from '../../../queries/documents';
import type { ApiDocument } from '../../../types';
import { useLoadedApi } from '../api-context';

const urlDefaults = { document: '' }; // empty: the first one

/** The documents of the API, with the chosen one beside; the first one to begin with. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const api = useLoadedApi();
  const { data, error, refetch } = useDocuments(api.id);
  const [url, setUrl] = useUrlState(urlDefaults);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const chosen = data.find(({ documentId }) => documentId === url.document) ?? data[0];
  if (!chosen) return <EmptyState title={t('documents.none')} why={t('documents.noneWhy')} />;
  return (
    <Stack gap="lg">
      <nav aria-label={t('api.section.documents')}>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="xs">
          {data.map((document) => (
            <NavLink
              key={document.documentId}
              component="button"
              active={document === chosen}
              aria-current={document === chosen ? 'true' : undefined}
              label={document.name}
              description={kindOf(document, t)}
              onClick={() => setUrl({ document: document.documentId })}
            />
          ))}
        </SimpleGrid>
      </nav>
      <article aria-label={chosen.name}>
        <Stack>
          <Group gap="sm">
            <Title order={2}>{chosen.name}</Title>
            <Badge variant="default" tt="none">
              {kindOf(chosen, t)}
            </Badge>
          </Group>
          {chosen.summary !== undefined && <Text c="dimmed">{chosen.summary}</Text>}
          <Content apiId={api.id} document={chosen} />
        </Stack>
      </article>
    </Stack>
  );
}

function kindOf({ type, otherTypeName }: ApiDocument, t: (key: string) => string): string {
  return otherTypeName ?? t(`documents.types.${type}`);
}

function Content({ apiId, document }: { readonly apiId: string; readonly document: ApiDocument }): ReactNode {
  const { t } = useTranslation();
  const text = useDocumentText(apiId, document);
  const download = useDownload(apiId);
  if (document.sourceType === 'URL')
    return (
      <Anchor href={document.sourceUrl} target="_blank" rel="noopener noreferrer">
        <IconExternalLink size={16} aria-hidden /> {document.sourceUrl}
      </Anchor>
    );
  if (document.sourceType === 'FILE')
    return (
      <Button
        w="fit-content"
        variant="default"
        loading={download.isPending}
        leftSection={<IconDownload size={16} aria-hidden />}
        onClick={() => download.mutate(document)}
      >
        {t('documents.download')}
      </Button>
    );
  if (text.error && text.data === undefined)
    return <ErrorPanel error={text.error} onRetry={() => void text.refetch()} />;
  if (text.data === undefined) return <Waiting />;
  if (document.sourceType === 'MARKDOWN') return <Markdown text={text.data} />;
  return (
    <Code block tabIndex={0} aria-label={document.name} style={{ whiteSpace: 'pre-wrap' }}>
      {text.data}
    </Code>
  );
}
