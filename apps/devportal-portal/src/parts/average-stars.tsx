import { Group, Text } from '@mantine/core';
import { IconStarFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Average of the ratings of an API, as the contract writes it: `4.5`; nothing when nobody rated. */
export function AverageStars({ average }: { readonly average: string }): ReactNode {
  const { t } = useTranslation();
  if (Number(average) === 0) return null;
  return (
    <Group gap={4} wrap="nowrap" role="img" aria-label={t('ratings.average', { average })}>
      <IconStarFilled size={14} aria-hidden className="tg-star" />
      <Text size="sm" fw={600}>
        {average}
      </Text>
    </Group>
  );
}
