import { InvalidInputError } from '@tollgate/base';
import type { DenyCondition } from '@tollgate/throttling/server';

type Test = (condition: DenyCondition) => boolean;

/**
 * Reads `conditionType:API & conditionValue:test/1.0.0`. A value is found anywhere in the condition's value, or, put in
 * double quotes, compared as a whole. An empty query finds everything.
 * @throws InvalidInputError for anything else
 */
export function denyConditionFilter(query: string): Test {
  if (query.trim() === '') return () => true;
  const tests = query.split('&').map((term) => termTest(term.trim()));
  return (condition) => tests.every((test) => test(condition));
}

function termTest(term: string): Test {
  const [, name, text = ''] = /^(conditionType|conditionValue):(.+)$/.exec(term) ?? [];
  if (name === 'conditionType') return ({ type }) => type === text.trim();
  if (name !== 'conditionValue') {
    const message = 'Write conditionType:API, conditionValue:text, or both joined by "&".';
    throw new InvalidInputError([{ field: 'query', message }]);
  }
  const exact = /^"(.*)"$/.exec(text.trim())?.[1];
  return ({ value }) => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    return exact === undefined ? shown.includes(text.trim()) : shown === exact;
  };
}
