import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRuleFindings } from '../queries/custom-rules';
import type { RuleProblem } from '../types';
import classes from './rule-editor.module.css';
import { endOf, markPlaces, offsetOf } from './rule-places';

interface RuleEditorProps {
  readonly query: string;
  readonly keyTemplate: string;
  readonly readOnly: boolean;
  readonly onChange: (query: string) => void;
}

/**
 * The text of a rule, compiled by the server a moment after the last key: what is wrong is marked in the text and listed
 * with line and column; an entry goes to its place, a suggestion is put there. The text is never reformatted.
 */
export function RuleEditor({ query, keyTemplate, readOnly, onChange }: RuleEditorProps): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [[text, template]] = useDebouncedValue([query, keyTemplate] as const, 300);
  const found = useRuleFindings(text, template);
  const isPresent = text === query && template === keyTemplate && !found.isPlaceholderData;
  const { problems = [], warnings = [] } = found.data ?? {};
  const ofQuery = isPresent ? problems.filter(({ field }) => field === 'siddhiQuery') : [];
  const goTo = (problem: RuleProblem): void => {
    const start = offsetOf(query, problem);
    area.current?.focus();
    area.current?.setSelectionRange(start, endOf(query, start));
  };
  const put = (problem: RuleProblem, name: string): void => {
    const start = offsetOf(query, problem);
    onChange(query.slice(0, start) + name + query.slice(endOf(query, start)));
  };
  return (
    <Stack gap="xs">
      <Text component="label" htmlFor={id} size="sm" fw={500}>
        {t('rule.text')}
      </Text>
      <div className={classes['frame']}>
        <pre className={classes['marks']} aria-hidden>
          {markPlaces(query, ofQuery).map((piece, at) =>
            piece.isMarked ? <mark key={at}>{piece.text}</mark> : piece.text,
          )}
          {'\n'}
        </pre>
        <textarea
          ref={area}
          id={id}
          className={classes['text']}
          spellCheck={false}
          autoCapitalize="off"
          readOnly={readOnly}
          aria-invalid={ofQuery.length > 0}
          aria-describedby={`${id}-findings`}
          value={query}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </div>
      <div id={`${id}-findings`} role="status" aria-live="polite">
        {!isPresent && <Text size="sm">{t('rule.checking')}</Text>}
        {isPresent && found.error !== null && <Text size="sm">{found.error.message}</Text>}
        {isPresent && found.data?.valid === true && (
          <Alert color="brand" title={t('rule.good')}>
            {found.data.properties.length > 0 && t('rule.reads', { properties: found.data.properties.join(', ') })}
          </Alert>
        )}
        {isPresent && problems.length > 0 && (
          <Alert color="danger" title={t('rule.bad')}>
            <Findings problems={problems} onGo={goTo} {...(readOnly ? {} : { onPut: put })} />
          </Alert>
        )}
        {isPresent && warnings.length > 0 && (
          <Alert color="yellow" title={t('rule.warnings')} mt="xs">
            <Findings problems={warnings} onGo={goTo} />
          </Alert>
        )}
      </div>
    </Stack>
  );
}

interface FindingsProps {
  readonly problems: readonly RuleProblem[];
  readonly onGo: (problem: RuleProblem) => void;
  readonly onPut?: (problem: RuleProblem, name: string) => void;
}

function Findings({ problems, onGo, onPut }: FindingsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <List size="sm" spacing={4} listStyleType="none">
      {problems.map((problem) => {
        const { field, line, column, message, suggestion } = problem;
        return (
          <List.Item key={`${field} ${line} ${column} ${message}`}>
            <Group gap="xs">
              {field === 'siddhiQuery' ? (
                <Button size="compact-xs" variant="default" onClick={() => onGo(problem)}>
                  {t('rule.place', { line, column })}
                </Button>
              ) : (
                <Text size="sm" fw={600}>
                  {t('rule.templatePlace', { column })}
                </Text>
              )}
              <span>{message}</span>
              {suggestion !== null && onPut && field === 'siddhiQuery' && (
                <Button size="compact-xs" variant="default" onClick={() => onPut(problem, suggestion)}>
                  {t('rule.use', { name: suggestion })}
                </Button>
              )}
            </Group>
          </List.Item>
        );
      })}
    </List>
  );
}
