import { ActionIcon, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPencil, IconTrash } from '@tabler/icons-react';
import { useContext, type DragEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttachedPolicy, FlowName, OperationPolicy } from '../../../types';
import { DragContext, useDragSource, type Dragged } from './dragged';
import type { Place } from './flows';
import { usePolicyTexts } from './policy-texts';

/** What can be done with a policy that stands in a flow. */
export interface LaneActions {
  /** Takes what was dragged before the policy at this place, or behind the last. */
  readonly drop: (dragged: Dragged, to: Place) => void;
  readonly move: (from: Place, by: -1 | 1) => void;
  readonly edit: (place: Place) => void;
  readonly remove: (place: Place) => void;
}

interface LaneProps {
  readonly flow: FlowName;
  readonly policies: readonly AttachedPolicy[];
  readonly known: ReadonlyMap<string, OperationPolicy>;
  readonly readOnly: boolean;
  readonly problemAt: (place: Place) => string | undefined;
  readonly actions: LaneActions;
}

/** One flow: its policies in the order in which messages pass them. */
export function Lane({ flow, policies, known, readOnly, problemAt, actions }: LaneProps): ReactNode {
  const { t } = useTranslation();
  const { dragged } = useContext(DragContext);
  const takes = dragged !== null && known.get(dragged.policyName)?.applicableFlows.includes(flow) === true;
  const target = (index: number) => ({
    onDragOver: (event: DragEvent): void => {
      if (takes) event.preventDefault();
    },
    onDrop: (event: DragEvent): void => {
      if (!takes) return;
      event.preventDefault();
      event.stopPropagation();
      actions.drop(dragged, { flow, index });
    },
  });
  const isClosed = dragged !== null && !takes;
  return (
    <Paper
      component="section"
      className="tg-surface"
      p="sm"
      aria-labelledby={`flow-${flow}`}
      data-flow={flow}
      style={isClosed ? { opacity: 0.5 } : {}}
      {...target(policies.length)}
    >
      <Title order={2} size="h4" id={`flow-${flow}`}>
        {t(`policies.flow.${flow}`)}
      </Title>
      <Text size="xs" c="dimmed" mb="xs">
        {isClosed ? t('policies.notHere') : t(`policies.about.${flow}`)}
      </Text>
      <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none', minHeight: 44 }}>
        {policies.map((policy, index) => (
          <li key={`${index} ${policy.policyName}`} {...target(index)}>
            <Card
              policy={policy}
              place={{ flow, index }}
              count={policies.length}
              known={known.get(policy.policyName)}
              readOnly={readOnly}
              problem={problemAt({ flow, index })}
              actions={actions}
            />
          </li>
        ))}
      </Stack>
      {policies.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('policies.empty')}
        </Text>
      )}
    </Paper>
  );
}

interface CardProps {
  readonly policy: AttachedPolicy;
  readonly place: Place;
  readonly count: number;
  readonly known: OperationPolicy | undefined;
  readonly readOnly: boolean;
  readonly problem: string | undefined;
  readonly actions: LaneActions;
}

function Card({ policy, place, count, known, readOnly, problem, actions }: CardProps): ReactNode {
  const { t } = useTranslation();
  const { nameOf } = usePolicyTexts();
  const source = useDragSource({ policyName: policy.policyName, from: place }, readOnly);
  const name = known ? nameOf(known) : policy.policyName;
  const words = { policy: name, number: place.index + 1, flow: t(`policies.flow.${place.flow}`) };
  const settings = Object.entries(policy.parameters)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(' · ');
  const buttons = [
    ['up', IconArrowUp, () => actions.move(place, -1), place.index === 0],
    ['down', IconArrowDown, () => actions.move(place, 1), place.index === count - 1],
    ['edit', IconPencil, () => actions.edit(place), (known?.policyAttributes.length ?? 0) === 0],
    ['remove', IconTrash, () => actions.remove(place), false],
  ] as const;
  return (
    <Paper withBorder p="xs" {...source} style={readOnly ? {} : { cursor: 'grab' }}>
      <Text size="sm" fw={600}>
        {place.index + 1}. {name}
      </Text>
      <Text size="xs" className="tg-mono" lineClamp={2}>
        {settings}
      </Text>
      {problem !== undefined && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {problem}
        </Text>
      )}
      {!readOnly && (
        <Group gap={4} mt={4}>
          {buttons.map(([action, Icon, act, disabled]) => (
            <ActionIcon
              key={action}
              variant="default"
              aria-label={t(`policies.${action}`, words)}
              disabled={disabled}
              onClick={act}
            >
              <Icon size={14} aria-hidden />
            </ActionIcon>
          ))}
        </Group>
      )}
    </Paper>
  );
}
