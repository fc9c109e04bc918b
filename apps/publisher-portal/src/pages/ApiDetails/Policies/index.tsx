import { Box, Select, SimpleGrid, Stack, Text, VisuallyHidden } from '@mantine/core';
import { EmptyState, ErrorPanel, RestError, useSession, Waiting } from '@tollgate/ui';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useOperationPolicies } from '../../../queries/operation-policies';
import type { FlowName, OperationPolicy, PolicyParameters } from '../../../types';
import { SaveBar } from '../save-bar';
import { useApiDraft, type ApiDraft } from '../use-api-draft';
import { Catalogue } from './catalogue';
import { DragContext, type Dragged } from './dragged';
import { fieldOf, flowNames, flowsOf, insert, move, remove, replace, withFlows, type Level, type Place } from './flows';
import { Lane, type LaneActions } from './lane';
import { PolicyForm } from './policy-form';
import { usePolicyTexts } from './policy-texts';

/** Policies on the messages of the API: which, in which flow, in which order. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const draft = useApiDraft();
  const policies = useOperationPolicies(draft.api.id);
  if (draft.api.type !== 'HTTP') return <EmptyState title={t('policies.noneHere')} why={t('policies.noneHereWhy')} />;
  if (policies.error) return <ErrorPanel error={policies.error} onRetry={() => void policies.refetch()} />;
  if (!policies.data) return <Waiting />;
  return <Flows draft={draft} catalogue={policies.data.list} />;
}

interface FlowsProps {
  readonly draft: ApiDraft;
  readonly catalogue: readonly OperationPolicy[];
}

/** What the form is open for: a policy to be added at a place, or the one that stands there. */
interface Edited {
  readonly policy: OperationPolicy;
  readonly place: Place;
  readonly given: PolicyParameters | null;
}

function Flows({ draft, catalogue }: FlowsProps): ReactNode {
  const { t } = useTranslation();
  const { nameOf } = usePolicyTexts();
  const readOnly = !useSession().can('apim:api_create', 'apim:api_manage');
  const [level, setLevel] = useState<Level>('api');
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const [edited, setEdited] = useState<Edited | null>(null);
  const [said, setSaid] = useState('');
  const known = useMemo(() => new Map(catalogue.map((policy) => [policy.name, policy])), [catalogue]);
  const flows = flowsOf(draft.api, level);
  const change = (next: typeof flows): void => draft.change(withFlows(draft.api, level, next));
  const wordOf = (name: string): string => nameOf(known.get(name) ?? { name, displayName: name });
  const tell = (name: string, { flow, index }: Place, count: number): void =>
    setSaid(t('policies.said', { policy: wordOf(name), number: index + 1, count, flow: t(`policies.flow.${flow}`) }));

  const add = (policy: OperationPolicy, place: Place): void => {
    if (policy.policyAttributes.length > 0) return setEdited({ policy, place, given: null });
    apply({ policy, place, given: null }, {});
  };
  const apply = ({ policy, place, given }: Edited, parameters: PolicyParameters): void => {
    const use = { policyName: policy.name, policyVersion: policy.version, parameters };
    const next = given === null ? insert(flows, place, use) : replace(flows, place, use);
    change(next);
    setEdited(null);
    tell(policy.name, place, next[place.flow].length);
  };
  const actions: LaneActions = {
    drop({ policyName, from }, to) {
      setDragged(null);
      const policy = known.get(policyName);
      if (!policy) return;
      if (from === null) return add(policy, to);
      change(move(flows, from, to));
      tell(policyName, to, flows[to.flow].length);
    },
    move(from, by) {
      const index = from.index + by;
      const name = flows[from.flow][from.index]?.policyName ?? '';
      change(move(flows, from, { ...from, index: by === 1 ? index + 1 : index }));
      tell(name, { ...from, index }, flows[from.flow].length);
    },
    edit(place) {
      const use = flows[place.flow][place.index];
      const policy = use && known.get(use.policyName);
      if (policy) setEdited({ policy, place, given: use.parameters });
    },
    remove(place) {
      const name = flows[place.flow][place.index]?.policyName ?? '';
      change(remove(flows, place));
      setSaid(t('policies.removed', { policy: wordOf(name) }));
    },
  };
  const append = (policy: OperationPolicy, flow: FlowName): void => add(policy, { flow, index: flows[flow].length });

  return (
    <DragContext value={{ dragged, setDragged }}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('policies.aboutPage')}
        </Text>
        <Select
          label={t('policies.level')}
          description={t('policies.levelHelp')}
          maw={480}
          allowDeselect={false}
          searchable
          data={[
            { value: 'api', label: t('policies.allOperations') },
            ...draft.api.operations.map(({ verb, target }, i) => ({ value: String(i), label: `${verb} ${target}` })),
          ]}
          value={String(level)}
          onChange={(value) => value !== null && setLevel(value === 'api' ? 'api' : Number(value))}
        />
        <SimpleGrid cols={{ base: 1, md: 3 }}>
          {flowNames.map((flow) => (
            <Lane
              key={flow}
              flow={flow}
              policies={flows[flow]}
              known={known}
              readOnly={readOnly}
              problemAt={(place) => problemAt(draft.error, fieldOf(level, place))}
              actions={actions}
            />
          ))}
        </SimpleGrid>
        {!readOnly && <SaveBar draft={draft} />}
        {!readOnly && <Catalogue policies={catalogue} onAdd={append} />}
        <Box role="status" aria-live="polite">
          <VisuallyHidden>{said}</VisuallyHidden>
        </Box>
        {edited !== null && (
          <PolicyForm
            policy={edited.policy}
            given={edited.given ?? {}}
            onApply={(parameters) => apply(edited, parameters)}
            onClose={() => setEdited(null)}
          />
        )}
      </Stack>
    </DragContext>
  );
}

/** The server's words on the policy whose field this is. */
function problemAt(error: unknown, field: string): string | undefined {
  if (!(error instanceof RestError)) return undefined;
  return error.fields.find((each) => each.field === field || each.field.startsWith(`${field}.`))?.message;
}
