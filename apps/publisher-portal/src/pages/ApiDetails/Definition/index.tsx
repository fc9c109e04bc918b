import { Alert, Button, FileButton, Group, List, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ErrorPanel, RestError, useErrorText, useSession, Waiting, showDone } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { rest } from '../../../rest';
import { useLoadedApi } from '../api-context';

/** The OpenAPI definition as text: read, changed, replaced by a file, downloaded. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { body: api, etag } = useLoadedApi();
  const client = useQueryClient();
  const readOnly = !useSession().can('apim:api_create', 'apim:api_manage');
  const [text, setText] = useState<string | null>(null);
  const loaded = useQuery({
    queryKey: ['apis', api.id, 'swagger'],
    queryFn: async () => JSON.stringify(JSON.parse(await rest.text(`/apis/${api.id}/swagger`)), null, 2),
  });
  const save = useMutation({
    meta: { shownInForm: true },
    mutationFn: (definition: string) => {
      const form = new FormData();
      form.set('apiDefinition', definition);
      return rest.call('PUT', `/apis/${api.id}/swagger`, { form, ifMatch: etag });
    },
    onSuccess: async () => {
      setText(null);
      showDone(t('common.saved'));
      await client.invalidateQueries({ queryKey: ['apis', api.id] });
    },
  });
  if (loaded.error) return <ErrorPanel error={loaded.error} onRetry={() => void loaded.refetch()} />;
  if (loaded.data === undefined) return <Waiting />;
  const shown = text ?? loaded.data;
  const problems = save.error instanceof RestError ? save.error.fields : [];
  return (
    <Stack>
      <Group>
        <Button
          component="a"
          variant="default"
          href={`data:application/json;charset=utf-8,${encodeURIComponent(shown)}`}
          download={`${api.name}-${api.version}.json`}
        >
          {t('common.download')}
        </Button>
        {!readOnly && (
          <FileButton
            accept=".json,.yaml,.yml,application/json,application/yaml"
            onChange={(file) => void file?.text().then(setText)}
          >
            {(props) => (
              <Button {...props} variant="default">
                {t('definition.replace')}
              </Button>
            )}
          </FileButton>
        )}
      </Group>
      <Textarea
        label={t('definition.text')}
        description={t('definition.help')}
        autosize
        minRows={16}
        maxRows={32}
        spellCheck={false}
        readOnly={readOnly}
        classNames={{ input: 'tg-mono' }}
        value={shown}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {save.error !== null && (
        <Alert color="danger" role="alert" title={t('create.invalid')}>
          {errorText(save.error)}
          <List size="sm">
            {problems.map(({ field, message }) => (
              <List.Item key={`${field} ${message}`}>
                <span className="tg-mono">{field}</span>: {message}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {!readOnly && (
        <Group justify="flex-end">
          <Button variant="default" disabled={text === null} onClick={() => setText(null)}>
            {t('common.discard')}
          </Button>
          <Button disabled={text === null} loading={save.isPending} onClick={() => save.mutate(shown)}>
            {t('common.save')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
