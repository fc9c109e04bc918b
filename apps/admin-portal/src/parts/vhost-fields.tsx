import { Button, Group, Paper, Stack, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Vhost } from '../types';
import { NumberField } from './number-field';

export const newVhost: Vhost = {
  host: '',
  httpContext: '',
  httpPort: 8280,
  httpsPort: 8243,
  wsPort: 9099,
  wssPort: 8099,
};

interface VhostFieldsProps {
  readonly value: readonly Vhost[];
  readonly onChange: (value: readonly Vhost[]) => void;
}

const ports = ['httpPort', 'httpsPort', 'wsPort', 'wssPort'] as const;

/** Hosts under which an environment's gateways are called. */
export function VhostFields({ value, onChange }: VhostFieldsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack>
      {value.map((vhost, at) => {
        const put = (more: Partial<Vhost>): void => onChange(value.with(at, { ...vhost, ...more }));
        return (
          <Paper
            key={at}
            className="tg-surface"
            p="md"
            role="group"
            aria-label={t('environment.vhost', { number: at + 1 })}
          >
            <Group align="flex-end" gap="xs">
              <TextInput
                label={t('environment.host')}
                required
                value={vhost.host}
                onChange={(event) => put({ host: event.currentTarget.value })}
              />
              <TextInput
                label={t('environment.path')}
                value={vhost.httpContext}
                onChange={(event) => put({ httpContext: event.currentTarget.value })}
              />
              {ports.map((port) => (
                <NumberField
                  key={port}
                  label={t(`environment.${port}`)}
                  max={65_535}
                  value={vhost[port]}
                  onChange={(number) => put({ [port]: number })}
                />
              ))}
              {value.length > 1 && (
                <Button variant="default" onClick={() => onChange(value.toSpliced(at, 1))}>
                  {t('environment.removeVhost')}
                </Button>
              )}
            </Group>
          </Paper>
        );
      })}
      <Group>
        <Button variant="default" size="compact-sm" onClick={() => onChange([...value, newVhost])}>
          {t('environment.addVhost')}
        </Button>
      </Group>
    </Stack>
  );
}
