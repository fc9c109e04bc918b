import { Alert, List } from '@mantine/core';
import type { ReactNode } from 'react';
import { useErrorText } from '../data/states';
import { RestError } from '../rest/rest-error';

/** What the server refused, in its words, field by field where it names fields; nothing without an error. */
export function ProblemList({ error }: { readonly error: unknown }): ReactNode {
  const text = useErrorText();
  if (error === null || error === undefined) return null;
  const fields = error instanceof RestError ? error.fields : [];
  return (
    <Alert color="danger" role="alert">
      {text(error)}
      {fields.length > 0 && (
        <List size="sm" mt="xs">
          {fields.map(({ field, message }) => (
            <List.Item key={`${field} ${message}`}>
              <span className="tg-mono">{field}</span>: {message}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
