import { ActionIcon, Code, Group, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface CopyTextProps {
  /** What is copied, whole. */
  readonly text: string;
  /** What is shown, when it differs. */
  readonly shown?: string;
  /** Names what is copied, for screen readers. */
  readonly label: string;
  readonly block?: boolean;
}

/** Text in a fixed-width font with a button that copies it and says so. */
export function CopyText({ text, shown, label, block = false }: CopyTextProps): ReactNode {
  const { t } = useTranslation();
  const { copied, copy } = useClipboard({ timeout: 2000 });
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Code block={block} className="tg-mono" flex={block ? 1 : undefined} tabIndex={block ? 0 : undefined}>
        {shown ?? text}
      </Code>
      <Tooltip label={copied ? t('common.copied') : t('common.copy')}>
        <ActionIcon
          variant="default"
          aria-label={`${copied ? t('common.copied') : t('common.copy')}: ${label}`}
          onClick={() => copy(text)}
        >
          {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
