import { Alert, Button, Code, Group, Select, Stack, Text } from '@mantine/core';
import { CopyText, useErrorText } from '@tollgate/ui';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRevisions } from '../../../queries/revisions';
import { useSettings } from '../../../queries/settings';
import { rest } from '../../../rest';
import { useLoadedApi } from '../api-context';

/** A call of the API with a test key, as a line to paste: also before it is published. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { body: api } = useLoadedApi();
  const settings = useSettings();
  const revisions = useRevisions(api.id);
  const deployed = (revisions.data?.list ?? []).flatMap(({ deploymentInfo }) => deploymentInfo);
  const choices = api.operations.map(({ verb, target }) => `${verb} ${target}`);
  const [operation, setOperation] = useState(choices[0] ?? null);
  const key = useMutation({
    meta: { shownInForm: true },
    mutationFn: () => rest.send<{ apikey: string; validityTime: number }>('POST', `/apis/${api.id}/generate-key`),
  });
  if (deployed.length === 0) return <Alert color="yellow">{t('test.notDeployed')}</Alert>;
  const host = settings.data?.environment.find(({ name }) => name === deployed[0]?.name)?.vhosts[0];
  const base = host === undefined ? '' : `https://${host.host}:${host.httpsPort}${api.context}/${api.version}`;
  const [verb = 'GET', target = '/'] = (operation ?? '').split(' ');
  return (
    <Stack maw={720}>
      <Text size="sm">{t('test.about')}</Text>
      <Select
        label={t('resources.operation')}
        data={choices}
        searchable
        allowDeselect={false}
        value={operation}
        onChange={setOperation}
      />
      <Group>
        <Button loading={key.isPending} onClick={() => key.mutate()}>
          {t('test.key')}
        </Button>
      </Group>
      {key.error !== null && (
        <Alert color="danger" role="alert">
          {errorText(key.error)}
        </Alert>
      )}
      {key.data && (
        <>
          <CopyText label={t('test.keyName')} text={key.data.apikey} shown={`${key.data.apikey.slice(0, 24)}…`} />
          <CopyText
            block
            label="curl"
            text={`curl -k -X ${verb} -H 'Internal-Key: ${key.data.apikey}' '${base}${target}'`}
            shown={`curl -k -X ${verb} -H 'Internal-Key: …' '${base}${target}'`}
          />
        </>
      )}
      <Text size="sm" c="dimmed">
        {t('test.where')} <Code>{base}</Code>
      </Text>
    </Stack>
  );
}
