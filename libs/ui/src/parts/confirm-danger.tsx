import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface ConfirmDangerProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What is destroyed, in words. */
  readonly children: ReactNode;
  /** The verb on the button. */
  readonly action: string;
  /** Has to be typed first: for what cannot be brought back. */
  readonly name?: string;
  readonly busy: boolean;
  readonly onConfirm: () => void;
}

/** Asks before something is destroyed. The focus starts on Cancel. */
export function ConfirmDanger(props: ConfirmDangerProps): ReactNode {
  const { opened, onClose, title, children, action, name, busy, onConfirm } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <Text size="sm">{children}</Text>
        {name !== undefined && (
          <TextInput
            label={t('common.typeToConfirm', { name })}
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button color="danger" loading={busy} disabled={name !== undefined && typed !== name} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
