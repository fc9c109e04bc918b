import { Alert, Button, Group, Stack } from '@mantine/core';
import { formatTime } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { TryOutAnswer } from '../../../queries/try-out';
import type { Api } from '../../../types';

/** Codes of the gateway that a developer can do something about. */
const known = [
  '900800',
  '900801',
  '900802',
  '900803',
  '900804',
  '900805',
  '900806',
  '900807',
  '900901',
  '900902',
  '900903',
  '900907',
  '900908',
  '900910',
];
const badToken = ['900901', '900902', '900903'];

interface AnswerReasonProps {
  readonly api: Api;
  readonly answer: TryOutAnswer;
  readonly onRenew: (() => void) | undefined;
}

/** Why the gateway refused, and what to do; nothing for answers that are no refusal of the gateway. */
export function AnswerReason({ api, answer, onRenew }: AnswerReasonProps): ReactNode {
  const { t } = useTranslation();
  const code = codeOf(answer);
  if (code === null || !known.includes(code)) return null;
  const retryAt = answer.headers.find(({ name }) => name === 'retry-after')?.value ?? '';
  const retryAtMs = /^\d+$/.test(retryAt) ? Date.now() + Number(retryAt) * 1000 : Date.parse(retryAt);
  return (
    <Alert color="yellow" role="alert">
      <Stack gap="xs">
        {t(`console.why.${code}`)}
        {answer.status === 429 && !Number.isNaN(retryAtMs) && (
          <span>{t('console.againAt', { time: formatTime(retryAtMs) })}</span>
        )}
        {code === '900908' && (
          <Group>
            <Button component={Link} to={`/apis/${api.id}/credentials`} size="xs" variant="default">
              {t('subscribe.action')}
            </Button>
          </Group>
        )}
        {badToken.includes(code) && onRenew && (
          <Group>
            <Button size="xs" variant="default" onClick={onRenew}>
              {t('console.renew')}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

/** The gateway's code in the body of a refusal. */
function codeOf({ status, body, encoding }: TryOutAnswer): string | null {
  if (status < 400 || encoding !== 'utf8') return null;
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return typeof code === 'string' || typeof code === 'number' ? String(code) : null;
  } catch {
    return null; // a refusal of the back end, in its own words
  }
}
