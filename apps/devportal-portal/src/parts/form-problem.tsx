import { Alert } from '@mantine/core';
import { RestError, splitProblems, useErrorText } from '@tollgate/ui';
import type { ReactNode } from 'react';

/** What the server refused, in its words, above the buttons of a form; field by field where it names fields. */
export function FormProblem({ error }: { readonly error: unknown }): ReactNode {
  const text = useErrorText();
  if (error === null || error === undefined) return null;
  const fields = error instanceof RestError ? splitProblems(error, () => undefined).rest : null;
  return (
    <Alert color="danger" role="alert">
      {fields ?? text(error)}
    </Alert>
  );
}
