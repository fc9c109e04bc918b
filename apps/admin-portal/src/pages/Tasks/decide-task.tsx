import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { Facts, ProblemList, showDone } from '@tollgate/ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDecision } from '../../queries/tasks';
import type { Task } from '../../types';

interface DecideTaskProps {
  readonly task: Task;
  readonly status: 'APPROVED' | 'REJECTED';
  readonly onClose: () => void;
}

/** Asks once more what is decided about; a rejection needs a reason, which the requester reads. */
export function DecideTask({ task, status, onClose }: DecideTaskProps): ReactNode {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const decision = useDecision();
  const isApproval = status === 'APPROVED';
  const description = reason.trim();
  const submit = (): void =>
    decision.mutate(
      { id: task.referenceId, status, ...(description === '' ? {} : { description }) },
      {
        onSuccess: () => {
          showDone(t(isApproval ? 'task.approved' : 'task.rejected'));
          onClose();
        },
      },
    );
  const title = `${t(isApproval ? 'task.approve' : 'task.reject')}: ${t(`task.types.${task.workflowType}`)}`;
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <Facts rows={Object.entries(task.properties)} />
        {task.description !== '' && <Text size="sm">{task.description}</Text>}
        <Textarea
          label={t('task.reason')}
          description={t(isApproval ? 'common.optional' : 'task.reasonHelp')}
          maxLength={2000}
          rows={3}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <ProblemList error={decision.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            {...(isApproval ? {} : { color: 'danger' })}
            loading={decision.isPending}
            disabled={!isApproval && description === ''}
            onClick={submit}
          >
            {t(isApproval ? 'task.approve' : 'task.reject')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
