import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useDocumentTitle } from '@mantine/hooks';

interface PageHeaderProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly children?: ReactNode;
}

/** Title of a page, also of the browser's tab, with the page's actions at its right. */
export function PageHeader({ title, about, children }: PageHeaderProps): ReactNode {
  useDocumentTitle(`${title} · Tollgate`);
  return (
    <Group justify="space-between" align="flex-start" mb="md">
      <Stack gap={4}>
        <Title order={1}>{title}</Title>
        {about !== undefined && (
          <Text c="dimmed" maw={720} component="div">
            {about}
          </Text>
        )}
      </Stack>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
