import { Button, Code, Stack, Text } from '@mantine/core';
import { ErrorPanel, Waiting } from '@tollgate/ui';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinition } from '../../../queries/apis';
import { useLoadedApi } from '../api-context';

/** The OpenAPI definition as a client generator takes it. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const api = useLoadedApi();
  const { data, error, refetch } = useDefinition(api.id);
  if (error && !data) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const text = JSON.stringify(data, null, 2);
  return (
    <Stack align="stretch">
      <Text size="sm">{t('definition.about')}</Text>
      <Button
        w="fit-content"
        variant="default"
        component="a"
        href={`data:application/json;charset=utf-8,${encodeURIComponent(text)}`}
        download={`${api.name}-${api.version}.json`}
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        {t('definition.download')}
      </Button>
      <Code block className="tg-mono" tabIndex={0} aria-label={t('api.section.definition')} mah={560}>
        {text}
      </Code>
    </Stack>
  );
}
