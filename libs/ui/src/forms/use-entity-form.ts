import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { showDone } from '../parts/toasts';
import { RestError } from '../rest/rest-error';
import type { Versioned } from '../rest/rest';
import { clashingFields, same } from './clashes';

export interface Clash<T> {
  readonly theirs: Versioned<T>;
  /** Fields that both changed, to different values. */
  readonly fields: readonly (keyof T)[];
}

export interface EntityForm<T extends object> {
  /** What was loaded with the changes over it. */
  readonly value: T;
  readonly isDirty: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  /** Somebody else changed the same fields meanwhile; `null`: nobody. */
  readonly clash: Clash<T> | null;
  readonly change: (more: Partial<T>) => void;
  readonly discard: () => void;
  readonly save: () => void;
  /** Saves over their version: of the clashing fields, those in `theirs` stay as they made them. */
  readonly settle: (theirs: readonly (keyof T)[]) => void;
}

interface EntityFormOptions<T extends object> {
  readonly loaded: Versioned<T>;
  readonly reload: () => Promise<Versioned<T>>;
  readonly save: (body: T, etag: string | undefined) => Promise<unknown>;
}

/**
 * A form over one thing of the server. A save over a version that somebody else replaced (412) is merged field by field:
 * with different fields it is saved again, with the same fields it waits for a choice (`clash`). Nothing typed is lost.
 */
export function useEntityForm<T extends object>({ loaded, reload, save }: EntityFormOptions<T>): EntityForm<T> {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<{ readonly base: Versioned<T>; readonly changes: Partial<T> } | null>(null);
  const [clash, setClash] = useState<Clash<T> | null>(null);
  const base = draft?.base ?? loaded;
  const changes: Partial<T> = draft?.changes ?? {};

  const saving = useMutation({
    meta: { shownInForm: true },
    mutationFn: async ({ over, mine }: { over: Versioned<T>; mine: Partial<T> }) => {
      try {
        await save({ ...over.body, ...mine }, over.etag);
        return 'saved';
      } catch (error) {
        if (!(error instanceof RestError && error.isStale)) throw error;
      }
      const theirs = await reload();
      const fields = clashingFields(over.body, mine, theirs.body);
      if (fields.length > 0) {
        setClash({ theirs, fields });
        return 'clash';
      }
      await save({ ...theirs.body, ...mine }, theirs.etag);
      return 'merged';
    },
    onSuccess: async (outcome) => {
      if (outcome === 'clash') return;
      await reload();
      setDraft(null);
      setClash(null);
      showDone(t(outcome === 'merged' ? 'merge.merged' : 'common.saved'));
    },
  });

  return {
    value: { ...base.body, ...changes },
    isDirty: Object.keys(changes).length > 0,
    busy: saving.isPending,
    error: saving.error,
    clash,
    change: (more) =>
      setDraft((before) => {
        const from = before?.base ?? loaded;
        const all: Partial<T> = { ...before?.changes, ...more };
        const left = Object.entries(all).filter(([field, value]) => !same(value, from.body[field as keyof T]));
        return left.length === 0 ? null : { base: from, changes: Object.fromEntries(left) as Partial<T> };
      }),
    discard: () => {
      setDraft(null);
      setClash(null);
      saving.reset();
    },
    save: () => saving.mutate({ over: base, mine: changes }),
    settle: (kept) => {
      if (clash === null) return;
      const mine = Object.fromEntries(
        Object.entries(changes).filter(([field]) => !kept.includes(field as keyof T)),
      ) as Partial<T>;
      saving.mutate({ over: clash.theirs, mine });
    },
  };
}
