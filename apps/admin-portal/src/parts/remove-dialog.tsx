import { ConfirmDanger, showDone } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export interface Removal {
  readonly id: string;
  /** Name of the thing, for screen readers and the question. */
  readonly name: string;
  /** What goes, in words. */
  readonly what: ReactNode;
  readonly remove: {
    readonly isPending: boolean;
    readonly mutate: (id: string, options: { readonly onSuccess: () => void }) => void;
  };
}

/** Asks whether something is to be deleted, and deletes it. */
export function RemoveDialog({
  id,
  name,
  what,
  remove,
  onClose,
}: Removal & { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const confirm = (): void =>
    remove.mutate(id, {
      onSuccess: () => {
        onClose();
        showDone(t('done.deleted', { name }));
      },
    });
  return (
    <ConfirmDanger
      opened
      onClose={onClose}
      title={t('done.delete', { name })}
      action={t('common.delete')}
      busy={remove.isPending}
      onConfirm={confirm}
    >
      {what}
    </ConfirmDanger>
  );
}
