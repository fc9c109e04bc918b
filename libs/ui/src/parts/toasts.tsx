import { CloseButton, Paper, Text } from '@mantine/core';
import { useSyncExternalStore, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Toast {
  readonly id: number;
  readonly text: string;
  /** What went wrong stays until it is closed. */
  readonly isProblem: boolean;
}

const shownForMs = 5_000;
let toasts: readonly Toast[] = [];
let made = 0;
const listeners = new Set<() => void>();

function put(next: readonly Toast[]): void {
  toasts = next;
  for (const tell of listeners) tell();
}

function add(text: string, isProblem: boolean): void {
  const id = ++made;
  put([...toasts, { id, text, isProblem }]);
  if (!isProblem) setTimeout(() => close(id), shownForMs);
}

function close(id: number): void {
  put(toasts.filter((toast) => toast.id !== id));
}

/** Says for a moment that something was done. */
export function showDone(text: string): void {
  add(text, false);
}

/** Says what went wrong, until it is closed. */
export function showProblem(text: string): void {
  add(text, true);
}

/** The corner where messages about what was done appear; read out without taking the focus. */
export function Toasts(): ReactNode {
  const { t } = useTranslation();
  const shown = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => toasts,
  );
  return (
    <div className="tg-toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, isProblem }) => (
        <Paper key={id} shadow="md" p="sm" className={`tg-toast tg-tone-${isProblem ? 'bad' : 'ok'}`}>
          <Text size="sm" flex={1}>
            {isProblem && <strong>{t('error.title')}: </strong>}
            {text}
          </Text>
          <CloseButton size="sm" aria-label={t('common.close')} onClick={() => close(id)} />
        </Paper>
      ))}
    </div>
  );
}
