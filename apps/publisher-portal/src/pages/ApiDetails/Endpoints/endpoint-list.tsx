import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface EndpointListProps {
  readonly label: string;
  readonly urls: readonly string[];
  readonly disabled: boolean;
  readonly problem: string | undefined;
  readonly onChange: (urls: readonly string[]) => void;
}

/** Addresses of the back ends of one key type. */
export function EndpointList({ label, urls, disabled, problem, onChange }: EndpointListProps): ReactNode {
  const { t } = useTranslation();
  const shown = urls.length === 0 ? [''] : urls;
  const replace = (index: number, url: string): void => onChange(shown.map((old, i) => (i === index ? url : old)));
  return (
    <Fieldset legend={label}>
      <Stack gap="xs">
        {shown.map((url, index) => (
          <Group key={index} wrap="nowrap" align="flex-end">
            <TextInput
              flex={1}
              type="url"
              aria-label={t('endpoints.address', { number: index + 1 })}
              placeholder="https://back-end.example/api"
              disabled={disabled}
              value={url}
              onChange={(event) => replace(index, event.currentTarget.value)}
            />
            {urls.length > 0 && !disabled && (
              <ActionIcon
                variant="default"
                size="lg"
                aria-label={t('endpoints.remove', { number: index + 1 })}
                onClick={() => onChange(urls.filter((_, i) => i !== index))}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        ))}
        {problem !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {problem}
          </Text>
        )}
        {!disabled && (
          <Button
            variant="default"
            size="xs"
            w="fit-content"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...shown, ''])}
          >
            {t('endpoints.add')}
          </Button>
        )}
      </Stack>
    </Fieldset>
  );
}
