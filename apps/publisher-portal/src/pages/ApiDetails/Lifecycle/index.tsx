import { Alert, Button, Checkbox, Group, Stack, Table, Text, Title } from '@mantine/core';
import { ErrorPanel, formatTime, StateBadge, useSession, Waiting } from '@tollgate/ui';
import { IconArrowRight } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useChangeLifecycle, useLifecycle, useLifecycleHistory } from '../../../queries/lifecycle';
import { useLoadedApi } from '../api-context';

/** Contract names of states as the picture draws them. */
const mainLine = ['CREATED', 'PUBLISHED', 'DEPRECATED', 'RETIRED'] as const;

/** Where the API is in its life, what can come next, and how it got here. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { body: api } = useLoadedApi();
  const { data, error, refetch } = useLifecycle(api.id);
  const history = useLifecycleHistory(api.id);
  const change = useChangeLifecycle(api.id);
  const mayChange = useSession().can('apim:api_publish', 'apim:api_manage');
  const [checked, setChecked] = useState<readonly string[]>([]);
  if (error) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <Stack gap="lg">
      <Group gap="xs" aria-hidden>
        {mainLine.map((state, i) => (
          <Group key={state} gap="xs">
            {i > 0 && <IconArrowRight size={16} />}
            {state === api.lifeCycleStatus ? (
              <StateBadge state={state} />
            ) : (
              <Text size="sm" c="dimmed">
                {t(`state.${state}`)}
              </Text>
            )}
          </Group>
        ))}
      </Group>
      <Text>
        {t('lifecycle.now')} <StateBadge state={api.lifeCycleStatus} />
      </Text>
      {api.endpointConfig === undefined && <Alert color="yellow">{t('lifecycle.noEndpoint')}</Alert>}
      {data.checkItems.map(({ name }) => (
        <Checkbox
          key={name}
          label={t(`lifecycle.check.${name}`, { defaultValue: name })}
          disabled={!mayChange}
          checked={checked.includes(name)}
          onChange={(event) =>
            setChecked(event.currentTarget.checked ? [...checked, name] : checked.filter((one) => one !== name))
          }
        />
      ))}
      {mayChange && (
        <Group>
          {data.availableTransitions.map(({ event, targetState }) => (
            <Button
              key={event}
              variant={event === 'Publish' ? 'filled' : 'default'}
              loading={change.isPending && change.variables.action === event}
              onClick={() =>
                change.mutate({
                  action: event,
                  ...(checked.length === 0 ? {} : { checklist: checked.map((name) => `${name}:true`).join(',') }),
                })
              }
            >
              {t(`lifecycle.event.${event}`, { defaultValue: event })} →{' '}
              {t(`state.${targetState.toUpperCase()}`, { defaultValue: targetState })}
            </Button>
          ))}
        </Group>
      )}
      <div>
        <Title order={2} size="h3" mb="sm">
          {t('lifecycle.history')}
        </Title>
        <Table aria-label={t('lifecycle.history')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('apis.state')}</Table.Th>
              <Table.Th>{t('lifecycle.by')}</Table.Th>
              <Table.Th>{t('lifecycle.at')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(history.data?.list ?? []).map(({ postState, user, updatedTime }) => (
              <Table.Tr key={`${updatedTime}${postState}`}>
                <Table.Td>
                  <StateBadge state={postState.toUpperCase()} />
                </Table.Td>
                <Table.Td>{user}</Table.Td>
                <Table.Td>{formatTime(updatedTime)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Stack>
  );
}
