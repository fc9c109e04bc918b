import { Anchor, Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { formatNumber, toneClass } from '@tollgate/ui';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TryOutAnswer } from '../../../queries/try-out';
import type { Api } from '../../../types';
import { AnswerReason } from './answer-reason';

/** Characters of a body that are drawn. */
const shownChars = 200_000;

interface AnswerPanelProps {
  readonly api: Api;
  readonly answer: TryOutAnswer;
  /** Makes a new token. */
  readonly onRenew: (() => void) | undefined;
}

/** What came back: status in words, time, size, headers and body. */
export function AnswerPanel({ api, answer, onRenew }: AnswerPanelProps): ReactNode {
  const { t } = useTranslation();
  const { status, durationMs, headers, truncated } = answer;
  const text = useMemo(() => bodyText(answer), [answer]);
  return (
    <Paper className="tg-surface" p="md" role="region" aria-label={t('console.answer')}>
      <Stack gap="sm">
        <Group gap="sm">
          <Title order={2} size="h3">
            {t('console.answer')}
          </Title>
          <span className={toneClass(status < 400 ? 'ok' : 'bad')}>{status}</span>
          <Text size="sm" role="status">
            {t('console.took', { ms: formatNumber(durationMs), size: formatNumber(answer.body.length) })}
          </Text>
        </Group>
        <AnswerReason api={api} answer={answer} onRenew={onRenew} />
        <Text size="xs" className="tg-mono" style={{ overflowWrap: 'anywhere' }}>
          {answer.url}
        </Text>
        <details>
          <summary>{t('console.headers', { count: headers.length })}</summary>
          <Code block className="tg-mono" tabIndex={0} aria-label={t('console.headersOf')} mt="xs">
            {headers.map(({ name, value }) => `${name}: ${value}`).join('\n')}
          </Code>
        </details>
        {text === '' ? (
          <Text size="sm">{t('console.emptyBody')}</Text>
        ) : (
          <Code block className="tg-mono" tabIndex={0} aria-label={t('console.bodyOf')} mah={480}>
            {text.slice(0, shownChars)}
          </Code>
        )}
        {truncated && <Text size="sm">{t('console.truncated')}</Text>}
        {text.length > shownChars && (
          <Group>
            <Button
              variant="default"
              component="a"
              href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
              download={`${api.name}.txt`}
            >
              {t('console.download')}
            </Button>
          </Group>
        )}
        {answer.encoding === 'base64' && (
          <Anchor href={`data:application/octet-stream;base64,${answer.body}`} download={`${api.name}.bin`} size="sm">
            {t('console.download')}
          </Anchor>
        )}
      </Stack>
    </Paper>
  );
}

/** JSON with line breaks, everything else as it came. */
function bodyText({ body, headers, truncated }: TryOutAnswer): string {
  const isJson = headers.some(({ name, value }) => name === 'content-type' && /[/+]json/.test(value));
  if (!isJson || truncated) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body; // its sender calls it JSON; what came is shown
  }
}
