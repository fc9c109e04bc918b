import {
  IconAlertTriangle,
  IconArchive,
  IconBan,
  IconCheck,
  IconClock,
  IconFlask,
  IconHourglass,
  IconPencil,
  IconX,
  type Icon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { toneClass, type Tone } from '../theme/tones';

const states: Readonly<Record<string, readonly [Tone, Icon]>> = {
  // lifecycle of an API
  CREATED: ['neutral', IconPencil],
  PROTOTYPED: ['info', IconFlask],
  PUBLISHED: ['ok', IconCheck],
  BLOCKED: ['bad', IconBan],
  DEPRECATED: ['warn', IconHourglass],
  RETIRED: ['gone', IconArchive],
  // subscriptions, applications, nodes
  UNBLOCKED: ['ok', IconCheck],
  PROD_ONLY_BLOCKED: ['warn', IconAlertTriangle],
  ON_HOLD: ['wait', IconClock],
  TIER_UPDATE_PENDING: ['wait', IconClock],
  DELETE_PENDING: ['wait', IconClock],
  PENDING: ['wait', IconClock],
  REJECTED: ['bad', IconX],
  APPROVED: ['ok', IconCheck],
  ACTIVE: ['ok', IconCheck],
  EXPIRED: ['bad', IconX],
  on: ['ok', IconCheck],
  off: ['neutral', IconX],
};

/** A state as icon, word and tone; never by colour alone. */
export function StateBadge({ state }: { readonly state: string }): ReactNode {
  const { t } = useTranslation();
  const [tone, Picture] = states[state] ?? ['neutral', IconPencil];
  return (
    <span className={toneClass(tone)}>
      <Picture size={14} stroke={1.75} aria-hidden />
      {t(`state.${state}`, { defaultValue: state })}
    </span>
  );
}
