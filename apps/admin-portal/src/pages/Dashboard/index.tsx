import { Alert, Stack, Text, Title } from '@mantine/core';
import { ErrorPanel, formatNumber, formatTime, PageHeader, toneClass, Waiting, type Tone } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PlainTable } from '../../parts/plain-table';
import { useTopology } from '../../queries/topology';
import type { Topology, TopologyNode } from '../../types';
import { PolicyVersions } from './policy-versions';

/** Who is connected, how far behind, with which version, and what is wrong; asked again every few seconds. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const { data, error, refetch } = useTopology();
  return (
    <>
      <PageHeader title={t('topology.title')} about={t('topology.about')} />
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && <Shown topology={data} />}
    </>
  );
}

function Shown({ topology }: { readonly topology: Topology }): ReactNode {
  const { t } = useTranslation();
  const { controlPlane, healthy, nodes, brokers } = topology;
  const problems = nodes.flatMap(({ nodeId, problems: list }) => list.map((problem) => ({ nodeId, problem })));
  return (
    <Stack gap="lg">
      <Alert
        color={healthy ? 'brand' : 'danger'}
        title={t(healthy ? 'topology.healthy' : 'topology.ill')}
        role="status"
      >
        <Text size="sm">{t('topology.present', { seq: formatNumber(controlPlane.seq), count: nodes.length })}</Text>
        {problems.map(({ nodeId, problem }) => (
          <Text size="sm" key={`${nodeId} ${problem}`}>
            <strong>{nodeId}</strong>: {problem}
          </Text>
        ))}
      </Alert>
      <Title order={2} size="h3">
        {t('topology.nodes')}
      </Title>
      <PlainTable
        label={t('topology.nodes')}
        headers={[
          t('topology.node'),
          t('topology.role'),
          t('topology.state'),
          t('topology.version'),
          t('topology.lag'),
          t('topology.waiting'),
          t('topology.dropped'),
          t('topology.seen'),
        ]}
        rows={nodes.map((node) => ({
          key: `${node.role} ${node.nodeId}`,
          cells: [
            <span className="tg-mono" key="id">
              {node.nodeId}
            </span>,
            t(`topology.roles.${node.role}`),
            <NodeState key="state" state={node.state} />,
            `#${node.seq} ${node.digest.slice(0, 6)}`,
            formatNumber(node.lag),
            formatNumber(sumOf(node, 'waiting')),
            formatNumber(sumOf(node, 'dropped')),
            formatTime(node.lastSeenAt),
          ],
        }))}
      />
      {brokers.length > 0 && (
        <>
          <Title order={2} size="h3">
            {t('topology.brokers')}
          </Title>
          <PlainTable
            label={t('topology.brokers')}
            headers={[t('topology.address'), t('topology.connected'), t('topology.away')]}
            rows={brokers.map(({ address, connected, away }) => ({
              key: address,
              cells: [
                <span className="tg-mono" key="address">
                  {address}
                </span>,
                connected.join(', ') || t('common.none'),
                away.join(', ') || t('common.none'),
              ],
            }))}
          />
        </>
      )}
      <PolicyVersions />
    </Stack>
  );
}

function sumOf({ queues }: TopologyNode, what: 'waiting' | 'dropped'): number {
  return queues.reduce((sum, queue) => sum + queue[what], 0);
}

const tones: Readonly<Record<TopologyNode['state'], Tone>> = {
  ok: 'ok',
  degraded: 'warn',
  lagging: 'warn',
  stale: 'warn',
  drifted: 'bad',
  silent: 'bad',
};

function NodeState({ state }: { readonly state: TopologyNode['state'] }): ReactNode {
  const { t } = useTranslation();
  return <span className={toneClass(tones[state])}>{t(`topology.states.${state}`)}</span>;
}
