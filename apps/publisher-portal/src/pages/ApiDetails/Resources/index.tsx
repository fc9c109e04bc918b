import { Button, Checkbox, Group, MultiSelect, Select, Stack, Table, Text } from '@mantine/core';
import { MethodBadge, useSession } from '@tollgate/ui';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePolicies } from '../../../queries/settings';
import type { ApiOperation } from '../../../types';
import { SaveBar } from '../save-bar';
import { useApiDraft } from '../use-api-draft';
import { AddOperation } from './add-operation';

const authTypes = ['Any', 'Application & Application User', 'Application', 'Application User', 'None'] as const;
const rowHeight = 52;
const keyOf = ({ verb, target }: ApiOperation): string => `${verb} ${target}`;

/** Operations with who may call them and how often. Only rows in view are drawn, so hundreds stay quick. */
export function Component(): ReactNode {
  const { t } = useTranslation();
  const draft = useApiDraft();
  const readOnly = !useSession().can('apim:api_create', 'apim:api_manage');
  const policies = usePolicies('api');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { operations, scopes } = draft.api;
  const setOperations = (next: readonly ApiOperation[]): void => draft.change({ operations: next });
  const patch = (index: number, changes: Partial<ApiOperation>): void =>
    setOperations(operations.map((old, i) => (i === index ? { ...old, ...changes } : old)));
  const policyNames = (policies.data?.list ?? []).map(({ name }) => name);
  const scopeNames = scopes.map(({ scope }) => scope.name);
  const parent = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: operations.length,
    getScrollElement: () => parent.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const toggle = (operation: ApiOperation): void =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(keyOf(operation))) next.add(keyOf(operation));
      return next;
    });

  return (
    <Stack>
      {!readOnly && <AddOperation taken={operations} onAdd={(added) => setOperations([...operations, ...added])} />}
      {chosen.size > 0 && (
        <Group className="tg-surface" p="xs">
          <Text size="sm">{t('resources.chosen', { count: chosen.size })}</Text>
          <Button
            size="xs"
            color="danger"
            variant="outline"
            onClick={() => {
              setOperations(operations.filter((operation) => !chosen.has(keyOf(operation))));
              setChosen(new Set());
            }}
          >
            {t('resources.remove')}
          </Button>
        </Group>
      )}
      <div
        ref={parent}
        tabIndex={0}
        role="group"
        aria-label={t('api.section.resources')}
        style={{ maxHeight: 560, overflow: 'auto' }}
      >
        <Table
          className="tg-table"
          stickyHeader
          aria-label={t('api.section.resources')}
          aria-rowcount={operations.length + 1}
        >
          <Table.Thead>
            <Table.Tr>
              {!readOnly && <Table.Th aria-label={t('resources.choose')} />}
              <Table.Th>{t('resources.operation')}</Table.Th>
              <Table.Th>{t('resources.auth')}</Table.Th>
              <Table.Th>{t('resources.limit')}</Table.Th>
              <Table.Th>{t('resources.scopes')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Spacer height={rows.getVirtualItems()[0]?.start ?? 0} />
            {rows.getVirtualItems().map(({ index }) => {
              const operation = operations[index];
              if (!operation) return null;
              const name = keyOf(operation);
              return (
                <Table.Tr key={name} aria-rowindex={index + 2} style={{ height: rowHeight }}>
                  {!readOnly && (
                    <Table.Td>
                      <Checkbox aria-label={name} checked={chosen.has(name)} onChange={() => toggle(operation)} />
                    </Table.Td>
                  )}
                  <Table.Td>
                    <Group gap="xs" wrap="nowrap">
                      <MethodBadge method={operation.verb} />
                      <span className="tg-mono">{operation.target}</span>
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <Select
                      size="xs"
                      aria-label={t('resources.authOf', { name })}
                      data={authTypes.map((value) => ({ value, label: t(`resources.authType.${value}`) }))}
                      allowDeselect={false}
                      disabled={readOnly}
                      value={operation.authType}
                      onChange={(authType) => authType !== null && patch(index, { authType })}
                    />
                  </Table.Td>
                  <Table.Td>
                    <Select
                      size="xs"
                      aria-label={t('resources.limitOf', { name })}
                      data={[...new Set([operation.throttlingPolicy, ...policyNames])]}
                      allowDeselect={false}
                      disabled={readOnly || (draft.api.apiThrottlingPolicy ?? '') !== ''}
                      value={operation.throttlingPolicy}
                      onChange={(throttlingPolicy) => throttlingPolicy !== null && patch(index, { throttlingPolicy })}
                    />
                  </Table.Td>
                  <Table.Td>
                    <MultiSelect
                      size="xs"
                      aria-label={t('resources.scopesOf', { name })}
                      data={scopeNames}
                      disabled={readOnly || scopeNames.length === 0}
                      value={[...operation.scopes]}
                      onChange={(next) => patch(index, { scopes: next })}
                    />
                  </Table.Td>
                </Table.Tr>
              );
            })}
            <Spacer height={rows.getTotalSize() - (rows.getVirtualItems().at(-1)?.end ?? 0)} />
          </Table.Tbody>
        </Table>
      </div>
      {!readOnly && <SaveBar draft={draft} />}
    </Stack>
  );
}

/** Stands for the rows that are out of view. */
function Spacer({ height }: { readonly height: number }): ReactNode {
  return height <= 0 ? null : <tr aria-hidden style={{ height }} />;
}
