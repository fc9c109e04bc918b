import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { ProblemList, showDone } from '@tollgate/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDenyChanges } from '../../queries/deny-policies';
import { denyKinds, type DenyAddress, type DenyKind } from '../../types';
import { useDenyWords } from '../../parts/deny-words';
import { isWhole, noSubscription, SubscriptionFields, subscriptionValue } from './subscription-fields';

const nothing = { first: '', last: '', invert: false, subscription: noSubscription };

/** Denies an API, an application, one of its subscriptions, a user or addresses, at once on all gateways. */
export function NewDenial(): ReactNode {
  const { t } = useTranslation();
  const [opened, open] = useState(false);
  return (
    <>
      <Button color="danger" onClick={() => open(true)}>
        {t('deny.new')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => open(false)}
        title={t('deny.new')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Form onDone={() => open(false)} />
      </Modal>
    </>
  );
}

function Form({ onDone }: { readonly onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const words = useDenyWords();
  const [kind, choose] = useState<DenyKind>('USER');
  const [given, put] = useState(nothing);
  const { deny } = useDenyChanges();
  const value = valueOf(kind, given);
  const isReady =
    given.first.trim() !== '' &&
    (kind !== 'IPRANGE' || given.last.trim() !== '') &&
    (kind !== 'SUBSCRIPTION' || isWhole(given.subscription));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    deny.mutate(
      { conditionType: kind, conditionValue: value, conditionStatus: true },
      {
        onSuccess: (made) => {
          showDone(t('deny.done', { what: words(made) }));
          onDone();
        },
      },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <NativeSelect
          label={t('deny.kind')}
          data={denyKinds.map((each) => ({ value: each, label: t(`deny.kinds.${each}`) }))}
          value={kind}
          onChange={(event) => {
            choose(event.currentTarget.value as DenyKind);
            put(nothing);
            deny.reset();
          }}
        />
        <TextInput
          label={t(`deny.value.${kind}`)}
          description={t(`deny.example.${kind}`)}
          value={given.first}
          onChange={(event) => put({ ...given, first: event.currentTarget.value })}
        />
        {kind === 'SUBSCRIPTION' && (
          <SubscriptionFields value={given.subscription} onChange={(subscription) => put({ ...given, subscription })} />
        )}
        {kind === 'IPRANGE' && (
          <TextInput
            label={t('condition.second.range')}
            description={t('deny.bounds')}
            value={given.last}
            onChange={(event) => put({ ...given, last: event.currentTarget.value })}
          />
        )}
        {(kind === 'IP' || kind === 'IPRANGE') && (
          <Checkbox
            label={t('deny.invert')}
            checked={given.invert}
            onChange={(event) => put({ ...given, invert: event.currentTarget.checked })}
          />
        )}
        {given.invert && (
          <Alert color="yellow">
            <Text size="sm">{t('deny.invertHelp')}</Text>
          </Alert>
        )}
        <ProblemList error={deny.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" color="danger" loading={deny.isPending} disabled={!isReady}>
            {t('deny.now')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function valueOf(kind: DenyKind, { first, last, invert, subscription }: typeof nothing): string | DenyAddress {
  if (kind === 'IP') return { fixedIp: first.trim(), invert };
  if (kind === 'IPRANGE') return { startingIp: first.trim(), endingIp: last.trim(), invert };
  if (kind === 'SUBSCRIPTION') return subscriptionValue(first, subscription);
  return first.trim();
}
